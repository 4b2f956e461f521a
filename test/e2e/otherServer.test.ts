/** `uplift up` on a Temporal server that somebody else runs, and that knows nothing of Uplift yet. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { searchAttributes } from '../../contract/searchAttributes.js';
import { temporalServes } from '../../temporal/server.js';
import { newer } from '../platform/tinyFactory.js';
import { startTemporal, type Temporal } from '../workflows/temporal.js';
import { screen, writeTinyFactory } from './factories.js';
import { platformRows } from './state.js';
import { startUplift } from './uplift.js';

let temporal: Temporal;

beforeAll(async () => {
  temporal = await startTemporal({ bare: true });
});

afterAll(async () => {
  await temporal.close();
});

it('prepares the server, runs on it, and leaves it running', async () => {
  const factory = writeTinyFactory(newer, { home: { source: screen('Home') } });
  const uplift = await startUplift(factory, { TEMPORAL_ADDRESS: temporal.address });
  try {
    expect(uplift.run.temporal).toEqual({ address: temporal.address, namespace: 'default', ui: null });
    const { operatorService } = temporal.connection;
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(searchAttributes.map(({ name }) => name)));
    expect(platformRows(uplift, "select name from processes where name = 'temporal'")).toEqual([]);
    expect(await uplift.cli('prepare')).toMatchObject({ exit: 0 });
    expect(await uplift.stop()).toBe(0);
  } finally {
    await uplift.close();
  }
  expect(await temporalServes(temporal.address)).toBe(true);
});

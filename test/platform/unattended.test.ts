/** What nobody attends to gives way to an upgrade or a rollback that holds the environment; what people start does not. */
import { beforeEach, describe, expect, it } from 'vitest';
import { embeddedDeployment } from '../../platform/embedded/deployment/deployment.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { embeddedServer } from './embeddedServer.js';
import { newer, published, quiet, type TinyEnvironment } from './tinyFactory.js';

let tiny: TinyEnvironment;

beforeEach(async () => {
  tiny = await published({ a: {}, b: { uses: ['a'] } });
  return () => tiny.context.database.destroy();
});

const holder = /^the upgrade upgrade\/acme to 11\.41\.0 has held Development since/;

function hold() {
  const { context, environment } = tiny;
  const request = { environment, operation: 'upgrade', workflow: 'upgrade/acme', release: newer } as const;
  return embeddedServer(context).hold(request);
}

const openings = {
  preparation: (unattended: boolean) =>
    embeddedPreparation(tiny.context).open({
      environment: tiny.environment,
      requestedBy: 'test',
      everything: true,
      unattended,
    }),
  deployment: (unattended: boolean) =>
    embeddedDeployment(tiny.context).open({
      environment: tiny.environment,
      requestedBy: 'test',
      solution: true,
      unattended,
    }),
};

describe.each(['preparation', 'deployment'] as const)('an unattended %s', (kind) => {
  const open = openings[kind];
  const running = () =>
    tiny.context.database.selectFrom(`${kind}s`).selectAll().where('status', '=', 'running').execute();

  it('DEP-01 is not opened while somebody holds the environment, not even to join one', async () => {
    await hold();
    const refused = { code: 'ENVIRONMENT_HELD', parts: { what: expect.stringMatching(holder) } };
    await expect(open(true)).rejects.toMatchObject(refused);
    expect(await running()).toEqual([]);
    await open(false);
    await expect(open(true)).rejects.toMatchObject(refused);
  });

  it('DEP-01 is opened while nobody does', async () => {
    const { token } = await hold();
    await embeddedServer(tiny.context).release({ environment: tiny.environment, token });
    expect(await open(true)).toMatchObject({ joined: false });
    expect(await running()).toHaveLength(1);
  });

  it('DEP-01 takes nothing more once somebody holds the environment; people go on', async () => {
    const { id } = await open(true);
    await hold();
    const next = (unattended: boolean) =>
      kind === 'preparation'
        ? embeddedPreparation(tiny.context).prepareNextGroup({ preparation: id, claimedBy: 'test', unattended }, quiet)
        : embeddedDeployment(tiny.context).deployNext({ deployment: id, claimedBy: 'test', unattended }, quiet);
    expect(await next(true)).toEqual({ kind: 'held', by: expect.stringMatching(holder) });
    expect(await tiny.context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
    expect(await next(false)).toMatchObject({ kind: kind === 'preparation' ? 'group' : 'nothing left' });
  });
});

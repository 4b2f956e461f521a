/** What the processes of `uplift up` are given that is a secret of a site. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { portsFrom } from '../../client/local/ports.js';
import { wantedSpecs } from '../../client/local/specs.js';
import { defaultSettings } from '../../platform/embedded/context.js';
import { installation } from '../e2e/cliWorld.js';
import { testPlatform } from '../platform/serving.js';

it('LIVE-01 only the worker is given what lets checks into a closed site, and whose certificates it trusts', async () => {
  const secret = { UPLIFT_ENTRY_PRODUCTION: 'open sesame', NODE_EXTRA_CA_CERTS: '/etc/authorities.pem' };
  for (const [name, value] of Object.entries(secret)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { database, data } = await testPlatform();

  const specs = await wantedSpecs({
    context: { database, dataFolder: data, settings: defaultSettings },
    temporal: { kind: 'binary', command: 'temporal', from: 'path' },
    ...{ ports: portsFrom(17_000), address: '127.0.0.1:17000', namespace: 'default', installation },
  });

  const given = specs.filter(({ env }) => Object.keys(secret).some((name) => name in (env ?? {})));
  expect(given.map(({ name }) => name)).toEqual(['worker']);
  expect(given[0]?.env).toMatchObject(secret);
  expect(specs.length).toBeGreaterThan(3);
});

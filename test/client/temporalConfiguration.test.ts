/** Which Temporal server is meant, and that keys for one are sent to no other. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ownServer, ownServerVariables, temporalConfiguration } from '../../temporal/configuration.js';

const own = { address: '127.0.0.1:7233', namespace: 'default', ui: 'http://127.0.0.1:8233' };
const elsewhere = { address: 'temporal.example:7233', namespace: 'uplift', ui: null };

/** A shell in which everything is set up for another server. */
beforeEach(() => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'uplift-configuration-')), 'temporal.toml');
  writeFileSync(file, '[profile.default]\naddress = "cloud.example:7233"\napi_key = "of the file"\n');
  vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
  vi.stubEnv('TEMPORAL_ADDRESS', '');
  vi.stubEnv('TEMPORAL_API_KEY', 'of the shell');
  vi.stubEnv('TEMPORAL_TLS', 'true');
  vi.stubEnv('TEMPORAL_NAMESPACE', 'production');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

it('a server of our own is reached by its address alone, whatever the shell and the file say', () => {
  expect(temporalConfiguration(own)).toEqual(ownServer(own));
  expect(ownServer(own)).toEqual({
    connectionOptions: { address: '127.0.0.1:7233', channelArgs: { 'grpc.enable_http_proxy': 0 } },
    namespace: 'default',
  });
});

it('TEMPORAL_ADDRESS names the server that is meant, with everything that is set for it', () => {
  vi.stubEnv('TEMPORAL_ADDRESS', 'named.example:7233');

  expect(temporalConfiguration(own)).toMatchObject({
    connectionOptions: { address: 'named.example:7233', apiKey: 'of the shell' },
    namespace: 'production',
  });
});

it('a server that somebody else runs gets what is set for it', () => {
  vi.stubEnv('TEMPORAL_CONFIG_FILE', '');

  expect(temporalConfiguration(elsewhere)).toMatchObject({
    connectionOptions: { address: 'temporal.example:7233', apiKey: 'of the shell' },
    namespace: 'production',
  });
});

it('a process that is started about a server of our own finds that one, and no key', () => {
  for (const name of ['TEMPORAL_API_KEY', 'TEMPORAL_TLS']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(ownServerVariables(own))) vi.stubEnv(name, value);

  const { connectionOptions, namespace } = temporalConfiguration();

  expect(connectionOptions).toMatchObject({ address: '127.0.0.1:7233' });
  expect(connectionOptions.apiKey).toBeUndefined();
  expect(connectionOptions.tls).toBeUndefined();
  expect(namespace).toBe('default');
});

/** The artifact store: what is saved once is read back unchanged, and damage is found out and mended. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Artifact, readArtifact, saveArtifact } from '../../platform/embedded/compile/artifacts.js';
import { inTransaction, openPlatformDatabase, type PlatformDatabase } from '../../platform/embedded/database.js';
import { takeLocks } from '../../platform/embedded/locks.js';
import { dataFolder } from './compileFixtures.js';

const artifact: Artifact = {
  key: 'k1',
  unit: '@acme/claims',
  release: '11.41.0',
  files: [
    { path: '@acme/claims/src/index.d.ts', text: 'export declare const one: number;\n' },
    { path: '@acme/claims/src/index.js', text: 'export const one = 1;\n' },
  ],
  declarations: { '@acme/claims': 'd1' },
};

let data: ReturnType<typeof dataFolder>;
let database: PlatformDatabase;

beforeEach(async () => {
  data = dataFolder();
  database = openPlatformDatabase(data.folder);
  await database.insertInto('infrastructures').values({ name: 'acme' }).execute();
  await database.insertInto('releases').values({ version: '11.41.0', digest: '', compiler: '' }).execute();
  await database
    .insertInto('sources')
    .values({ digest: 's1', files: Buffer.from('') })
    .execute();
  const releases = {
    server_release: '11.41.0',
    service_center_release: '11.41.0',
    system_components_release: '11.41.0',
  };
  for (const [position, name] of ['Development', 'Production'].entries()) {
    const ports = { balancer_port: 1, service_center_port: 2 };
    await database
      .insertInto('environments')
      .values({ name, infrastructure: 'acme', stage: name, position, ...releases, ...ports })
      .execute();
  }
});

afterEach(async () => {
  await database.destroy();
  data.remove();
});

async function module(
  environment: string,
  name: string,
  state: 'pending' | 'preparing' | 'prepared' | 'failed',
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const token = await takeLocks(transaction, {
      environment,
      modules: [name],
      operation: 'Modules upgrade',
      holder: 'h',
      claimedBy: 'c',
      lease: 60_000,
    });
    const source = { application: 'a', kind: 'k', version: '1', uploaded_source: 's1', cost: 1 };
    const standing = { artifact: 'k1', declarations: 'd1', release: '11.41.0', token };
    await transaction
      .insertInto('modules')
      .values({ environment, name, state, ...source, ...standing })
      .execute();
  });
}

const save = (saved: Artifact = artifact) => inTransaction(database, (transaction) => saveArtifact(transaction, saved));

const states = () =>
  database
    .selectFrom('modules')
    .select(['environment', 'name', 'state', 'artifact', 'declarations', 'token'])
    .orderBy('environment')
    .orderBy('name')
    .execute();

it('PREP-08 reads back what was saved', async () => {
  await save();
  expect(await readArtifact(database, 'k1')).toEqual(artifact);
});

it('PREP-08 keeps what is there when the same key is saved again', async () => {
  await save();
  await save({ ...artifact, unit: '@acme/other', files: [] });
  expect(await readArtifact(database, 'k1')).toEqual(artifact);
});

it('PREP-08 finds a damaged artifact out, removes it and makes what stood on it pending in every environment', async () => {
  await save();
  await module('Development', '@acme/claims', 'prepared');
  await module('Production', '@acme/claims', 'prepared');
  await module('Production', '@acme/retried', 'preparing');
  const { files } = await database.selectFrom('artifacts').select('files').executeTakeFirstOrThrow();
  files[7] = (files[7] ?? 0) ^ 1;
  await database.updateTable('artifacts').set({ files }).execute();

  await expect(readArtifact(database, 'k1')).rejects.toMatchObject({
    code: 'ARTIFACT_CORRUPTED',
    class: 'retry',
    message: expect.stringMatching(/@acme\/claims \(k1\) is damaged/),
  });
  const gone = { state: 'pending', artifact: null, declarations: null, token: null };
  expect(await states()).toEqual([
    { environment: 'Development', name: '@acme/claims', ...gone },
    { environment: 'Production', name: '@acme/claims', ...gone },
    expect.objectContaining({ name: '@acme/retried', state: 'preparing' }),
  ]);
  await save();
  expect(await readArtifact(database, 'k1')).toEqual(artifact);
});

it('PREP-08 treats an artifact that is missing as a damaged one', async () => {
  await module('Development', '@acme/claims', 'prepared');
  await expect(readArtifact(database, 'k1')).rejects.toMatchObject({
    code: 'ARTIFACT_CORRUPTED',
    message: expect.stringMatching(/@acme\/claims \(k1\) is missing/),
  });
  expect(await states()).toEqual([expect.objectContaining({ state: 'pending', artifact: null })]);
});

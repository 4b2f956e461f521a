/** Files that a disk has lost: found before anything is loaded from them, and made again from what they were made from. */
import fs from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { openApplicationDatabase } from '../../platform/embedded/frontEnd/applicationDatabase.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { openStore } from '../../store/store.js';
import { deploy } from './deploying.js';
import { type KeptEnvironment, keptEnvironments, showing } from './keptEnvironment.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { newer, older, temporaryFolder, upgradeServer, writeFactory } from './tinyFactory.js';

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

const component = path.join('releases', older, 'node_modules', '@system', 'text', 'index.js');

/** What a power cut leaves of folders that were not flushed: some names, and nothing in them. */
function lose(folder: string): void {
  for (const entry of fs.readdirSync(path.join(folder, 'instances'), { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) fs.rmSync(file);
    if (entry.isFile() && entry.name === 'package.json') fs.rmSync(file);
    if (entry.isFile() && entry.name === 'index.js') fs.truncateSync(file);
  }
  fs.truncateSync(path.join(folder, component));
}

function contentOf(folder: string): Readonly<Record<string, string>> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.flatMap((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(folder, file);
      if (entry.isSymbolicLink()) return [[name, fs.realpathSync(file)]];
      return entry.isFile() ? [[name, fs.readFileSync(file, 'utf8')]] : [];
    }),
  );
}

/** Instances and releases of an environment. */
const laidOut = ({ context }: Pick<KeptEnvironment, 'context'>) => ({
  instances: contentOf(path.join(context.dataFolder, 'instances')),
  releases: contentOf(path.join(context.dataFolder, 'releases')),
});

it('DEP-02 serves every module after the files of instances and of a release were lost', async () => {
  const tiny = kept();
  const before = laidOut(tiny);
  lose(tiny.context.dataFolder);

  const url = await running(tiny);

  expect(await (await fetch(`${url}/screen/Show`)).text()).toContain('first base');
  expect(laidOut(tiny)).toEqual(before);
});

it('APPS-01 a publish makes lost files of what the module consumes again', async () => {
  const tiny = kept();
  await obedientFrontEnds(tiny);
  const base = await instanceOf(tiny, 'base');
  const before = contentOf(base);
  lose(tiny.context.dataFolder);

  await publishModule(tiny, 'screen', { source: showing('second') });

  expect(contentOf(base)).toEqual(before);
});

it('DEP-02 a deployment makes lost files of instances that it finds again', async () => {
  const tiny = kept();
  await obedientFrontEnds(tiny);
  await upgradeServer(tiny);
  const preparation = await tiny.platform.preparation.open({ environment: tiny.environment, requestedBy: 'test' });
  const quiet = { signal: new AbortController().signal, heartbeat: () => undefined };
  for (;;) {
    const lane = { preparation: preparation.id, claimedBy: 'lane' };
    if ((await tiny.platform.preparation.prepareNextGroup(lane, quiet)).kind === 'nothing pending') break;
  }
  await tiny.platform.preparation.close({ preparation: preparation.id });
  await deploy(tiny);
  const before = laidOut(tiny);
  const release = await instanceOf(tiny, 'screen');
  fs.truncateSync(path.join(release, 'screen', 'src', 'index.js'));
  await tiny.context.database.deleteFrom('deployed_modules').execute();

  const report = await deploy(tiny);

  expect(report).toMatchObject({ deployed: 3, fullyUpgraded: true });
  expect(laidOut(tiny)).toEqual(before);
});

it('RELEASE_CORRUPTED compiles nothing against a release that is damaged and cannot be had again', async () => {
  const tiny = kept();
  await obedientFrontEnds(tiny);
  const moved = `${tiny.factory}-moved`;
  fs.renameSync(tiny.factory, moved);
  fs.truncateSync(path.join(tiny.context.dataFolder, component.replace(/\.js$/, '.d.ts')));
  const artifacts = await countArtifacts(tiny);
  try {
    await expect(publishModule(tiny, 'screen', { source: showing('second') })).rejects.toMatchObject({
      code: 'RELEASE_CORRUPTED',
      message: expect.stringContaining(path.join(tiny.context.dataFolder, 'releases', older)),
    });
    expect(await countArtifacts(tiny)).toBe(artifacts);
  } finally {
    fs.renameSync(moved, tiny.factory);
  }
  await publishModule(tiny, 'screen', { source: showing('second') });
});

it('a release is imported whole where an import was interrupted', async () => {
  const factory = writeFactory({ base: {} });
  const dataFolder = temporaryFolder();
  fs.mkdirSync(path.join(dataFolder, 'releases', newer), { recursive: true });
  fs.writeFileSync(path.join(dataFolder, 'releases', newer, 'release.json'), '');
  fs.writeFileSync(path.join(dataFolder, 'releases', newer, 'left over'), '');
  const context = openEmbeddedContext(dataFolder);

  await importFactory(context, await readFactory(factory), () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 }));

  await context.database.destroy();
  expect(contentOf(path.join(dataFolder, 'releases'))).toEqual(contentOf(path.join(factory, 'releases')));
});

it('every database brings to the disk what it has committed', async () => {
  const tiny = kept();
  const store = openStore(tiny.context.dataFolder);
  const applications = openApplicationDatabase(tiny.context.dataFolder, tiny.environment);

  const full = { synchronous: 2 };
  expect((await sql`pragma synchronous`.execute(tiny.context.database)).rows).toEqual([full]);
  expect((await sql`pragma synchronous`.execute(store)).rows).toEqual([full]);
  expect(applications.all('pragma synchronous', [])).toEqual([full]);

  applications.close();
  await store.destroy();
});

async function countArtifacts({ context }: KeptEnvironment): Promise<number> {
  return (await context.database.selectFrom('artifacts').select('key').execute()).length;
}

async function instanceOf({ context }: KeptEnvironment, module: string): Promise<string> {
  const { instance } = await context.database
    .selectFrom('deployed_modules')
    .select('instance')
    .where('module', '=', module)
    .executeTakeFirstOrThrow();
  return path.join(context.dataFolder, 'instances', instance);
}

/** Instances in a real Node process: old and new ones side by side, each with its own release. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CompileUnit, GroupResult } from '../../platform/embedded/compile/group.js';
import { instanceId, materialise } from '../../platform/embedded/compile/instances.js';
import { loadRelease, type Release } from '../../platform/embedded/compile/release.js';
import { layout, moduleFolder } from '../../platform/embedded/layout.js';
import { compile, dataFolder, javascript, member, newerText, prepared, unit, writeRelease } from './compileFixtures.js';

const data = dataFolder();
afterAll(data.remove);

let older: Release;
let newer: Release;
beforeAll(async () => {
  writeRelease(data.folder, { version: '11.18.1', compiler: javascript });
  writeRelease(data.folder, { version: '11.41.0', text: newerText });
  older = await loadRelease(data.folder, '11.18.1');
  newer = await loadRelease(data.folder, '11.41.0');
});

/** Makes the instance of a unit of `results` under a name made from `label`, for producers made before. Returns its id. */
async function make(
  label: string,
  release: Release,
  results: GroupResult,
  { id, members }: CompileUnit,
  producers: ReadonlyMap<string, string> = new Map(),
): Promise<string> {
  const instance = instanceId({ key: label, codeDigest: release.codeDigest, producers: [...producers.values()] });
  const code = members.map(({ name }) => ({
    name,
    files: prepared(results.get(id))
      .files.filter((file) => file.path.startsWith(`${name}/`) && file.path.endsWith('.js'))
      .map((file) => ({ path: file.path.slice(name.length + 1), text: file.text })),
  }));
  await materialise({ dataFolder: data.folder, version: release.version, id: instance, members: code, producers });
  return instance;
}

/** What `export const answer` of each module is, all loaded by one process from `folder`. */
function answers(folder: string, modules: readonly (readonly [module: string, instance: string])[]): unknown {
  const entries = modules.map(
    ([name, id]) => pathToFileURL(path.join(layout.instance(folder, id), moduleFolder(name), 'src/index.js')).href,
  );
  const script = `console.log(JSON.stringify(await Promise.all(${JSON.stringify(entries)}.map(async (entry) => (await import(entry)).answer))))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  if (stderr) throw new Error(stderr);
  return JSON.parse(stdout);
}

const first = (use: string) =>
  unit(member('@acme/first', `import { format } from '@system/text';\nexport const answer = ${use};\n`));
const second = unit(
  member('@acme/second', "import { format } from '@system/text';\nexport const answer = format(2).toUpperCase();\n"),
);
const third = unit(
  member('@acme/third', "import { answer as of } from '@acme/second';\nexport const answer = 'third of ' + of;\n", [
    '@acme/second',
  ]),
  ['@acme/second'],
);

it('PREP-01 runs a module prepared for the new release beside those that are still on the old one', async () => {
  const before = await compile(older, [first('format(1)'), second, third]);
  const after = await compile(newer, [first('format(1).text'), second, third]);
  expect([...after.values()].map(({ kind }) => kind)).toEqual(['prepared', 'failed', 'skipped']);

  const fresh = await make('first new', newer, after, first(''));
  const former = await make('first old', older, before, first(''));
  const secondOld = await make('second old', older, before, second);
  const thirdOld = await make('third old', older, before, third, new Map([['@acme/second', secondOld]]));
  const modules = [
    ['@acme/first', fresh],
    ['@acme/first', former],
    ['@acme/second', secondOld],
    ['@acme/third', thirdOld],
  ] as const;
  const expected = ['newer 1', 'older 1', 'OLDER 2', 'third of OLDER 2'];
  expect(answers(data.folder, modules)).toEqual(expected);

  const moved = dataFolder();
  fs.rmSync(moved.folder, { recursive: true });
  fs.cpSync(data.folder, moved.folder, { recursive: true, verbatimSymlinks: true });
  fs.renameSync(path.join(data.folder, 'releases'), path.join(data.folder, 'away'));
  try {
    expect(answers(moved.folder, modules)).toEqual(expected);
  } finally {
    fs.renameSync(path.join(data.folder, 'away'), path.join(data.folder, 'releases'));
    moved.remove();
  }
});

it('PREP-01 runs modules that reference each other as one instance', async () => {
  const left = member(
    '@acme/left',
    "import { side } from '@acme/right';\nexport const name = (): string => 'left';\nexport const answer = 'left of ' + side();\n",
    ['@acme/right'],
  );
  const right = member(
    '@acme/right',
    "import { name } from '@acme/left';\nexport const side = (): string => 'right';\nexport const back = () => name();\n",
    ['@acme/left'],
  );
  const circle = unit([left, right]);
  const id = await make('circle', newer, await compile(newer, [circle]), circle);
  expect(answers(data.folder, [['@acme/left', id]])).toEqual(['left of right']);
});

it('DEP-02 makes an instance once, also when two ask for it at the same time', async () => {
  const results = await compile(older, [second]);
  const [id, same] = await Promise.all([make('twice', older, results, second), make('twice', older, results, second)]);
  expect(same).toBe(id);
  const file = path.join(layout.instance(data.folder, id), moduleFolder('@acme/second'), 'src/index.js');
  const { ino } = fs.statSync(file);
  await make('twice', older, results, second);
  expect(fs.statSync(file).ino).toBe(ino);
  expect(fs.readdirSync(path.join(data.folder, 'instances')).filter((name) => name.startsWith(id))).toEqual([id]);
});

it('DEP-02 leaves nothing behind of an instance it could not make', async () => {
  const instance = { dataFolder: data.folder, version: '11.18.1', id: 'broken', producers: new Map<string, string>() };
  const files = [
    { path: 'src/index.js', text: '' },
    { path: 'src/index.js/below.js', text: '' },
  ];
  await expect(materialise({ ...instance, members: [{ name: '@acme/broken', files }] })).rejects.toThrow();
  expect(fs.readdirSync(path.join(data.folder, 'instances')).filter((name) => name.startsWith('broken'))).toEqual([]);
});

it('DEP-02 has another instance for another artifact, other code of the release or other producers, in any order', () => {
  const parts = { key: 'k', codeDigest: 'c', producers: ['p', 'q'] };
  expect(instanceId({ ...parts, producers: ['q', 'p'] })).toBe(instanceId(parts));
  const others = [
    { ...parts, key: 'l' },
    { ...parts, codeDigest: 'd' },
    { ...parts, producers: ['p', 'r'] },
  ];
  expect(new Set([parts, ...others].map(instanceId)).size).toBe(4);
});

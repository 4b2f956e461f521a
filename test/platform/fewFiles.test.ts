/** A process that may have few files open does what any other does, for factories of many times as many files. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePort } from '../e2e/freePort.js';
import { newer, older, type TinyModule, temporaryFolder, writeFactory } from './tinyFactory.js';

/** Modules of so many files each, every one in use; a module consumes the two before it. */
function writeLargeFactory(modules: number, files: number): string {
  const names = Array.from({ length: modules }, (_, index) => `m${index}`);
  const layers = names.map((name, index): [string, TinyModule] => [
    name,
    { uses: names.slice(Math.max(0, index - 2), index) },
  ]);
  const factory = writeFactory({ ...Object.fromEntries(layers), wide: {} });
  for (const name of names) addFiles(path.join(factory, 'modules', name, 'src'), files - 1);
  addFiles(path.join(factory, 'modules', 'wide', 'src'), 400);
  const components = path.join(factory, 'releases', older, 'node_modules/@system/text');
  for (let index = 0; index < 400; index++) fs.writeFileSync(path.join(components, `part${index}.js`), '');
  return factory;
}

function addFiles(sources: string, count: number): void {
  const names = Array.from({ length: count }, (_, index) => `part${index}`);
  for (const [index, name] of names.entries())
    fs.writeFileSync(path.join(sources, `${name}.ts`), `export const ${name} = ${index};\n`);
  const imports = names.map((name) => `import { ${name} } from './${name}.js';\n`).join('');
  fs.appendFileSync(path.join(sources, 'index.ts'), `${imports}export const sum = ${names.join(' + ')};\n`);
}

it.skipIf(process.platform === 'win32')(
  'a factory of 5,000 files is checked, imported, published, tried, served and kept with 256 files open at most',
  async () => {
    const request = {
      dataFolder: temporaryFolder(),
      factory: writeLargeFactory(100, 50),
      frontEnd: 'fe-1',
      port: await freePort(),
      release: newer,
    };
    const script = path.resolve('test', 'platform', 'fewFilesProcess.mjs');
    const command = 'ulimit -n 256 && exec "$0" "$@"';

    const { stdout } = await promisify(execFile)('bash', [
      ...['-c', command, process.execPath, script, JSON.stringify(request)],
    ]);

    // Node opens at once all files of a module that its src/index.ts imports itself: that one has 400.
    const tooMany = 'wide has more files than this process may have open: raise ulimit -n';
    expect(JSON.parse(stdout)).toEqual({
      complaints: [],
      failures: [],
      problems: { wide: `a trial could not load it: ${tooMany}` },
      served: { loaded: 100, failed: [{ module: 'wide', error: tooMany }] },
      kept: 101,
    });
  },
);

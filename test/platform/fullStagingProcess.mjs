/**
 * A group that is larger than the disk on which it is compiled, for each release, by the code that `npm run build` has made. Its one
 * argument is JSON; it prints how each ended, as one line of JSON.
 */
import { compileGroup } from '../../dist/platform/embedded/compile/compiler.js';
import { loadRelease } from '../../dist/platform/embedded/compile/release.js';

const { factory, releases, kilobytes } = JSON.parse(process.argv[2]);

const names = Array.from({ length: kilobytes / 20 }, (_, index) => `part${index}`);
const parts = names.map((name) => [`src/${name}.ts`, `export const ${name} = '${'x'.repeat(20 * 1024)}';\n`]);
const index = names.map((name) => `export * from './${name}.js';\n`).join('');
const large = { name: 'large', files: { ...Object.fromEntries(parts), 'src/index.ts': index }, references: [] };

const ends = [];
for (const version of releases) {
  const release = await loadRelease(factory, version);
  const group = {
    release,
    units: [{ id: 'large', members: [large], producers: [] }],
    producers: new Map(),
    token: 1,
    signal: new AbortController().signal,
    purpose: 'preparation',
    patience: 240_000,
    memory: 2_048,
    inTurn: (_request, work) => work(),
  };
  ends.push(
    await compileGroup(group).then(
      () => ({ release: version, code: 'compiled' }),
      ({ code, message }) => ({ release: version, code, message }),
    ),
  );
}
process.stdout.write(JSON.stringify(ends));

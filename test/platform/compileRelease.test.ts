/** Releases and keys: what makes a compilation another one, and what does not. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { unitKey } from '../../platform/embedded/compile/keys.js';
import { loadRelease } from '../../platform/embedded/compile/release.js';
import { packSource, unpackSource } from '../../platform/embedded/compile/sources.js';
import {
  compile,
  dataFolder,
  javascript,
  member,
  native,
  olderText,
  prepared,
  type ReleaseParts,
  unit,
  write,
  writeRelease,
} from './compileFixtures.js';

const data = dataFolder();
const other = dataFolder();
afterAll(() => {
  data.remove();
  other.remove();
});

async function released(parts: Omit<ReleaseParts, 'version'>, version = '11.18.1') {
  writeRelease(data.folder, { version, ...parts });
  return loadRelease(data.folder, version);
}

it('PREP-01 gives each release its own compiler, without a launcher in between', async () => {
  const newer = await released({ compiler: native });
  expect(newer.compiler).toMatchObject({ version: native, kind: 'native' });
  expect(path.basename(newer.compiler.command)).toMatch(/^tsc/);
  const older = await released({ compiler: javascript });
  expect(older.compiler).toMatchObject({ version: javascript, kind: 'javascript', command: process.execPath });
});

it('PREP-01 has the same digests for the same release in another folder, and under another number but for its code', async () => {
  const release = await released({});
  writeRelease(other.folder, { version: '11.18.1' });
  const copy = await loadRelease(other.folder, '11.18.1');
  expect([copy.typesDigest, copy.codeDigest]).toEqual([release.typesDigest, release.codeDigest]);
  writeRelease(other.folder, { version: '11.18.2' });
  write(path.join(other.folder, 'releases/11.18.2/node_modules/@system/text/package.json'), manifestOf('11.18.1'));
  write(
    path.join(other.folder, 'releases/11.18.2/release.json'),
    JSON.stringify({ version: '11.18.2', compiler: { package: 'typescript', version: native }, components: {} }),
  );
  const renumbered = await loadRelease(other.folder, '11.18.2');
  expect(renumbered.typesDigest).toBe(release.typesDigest);
  expect(renumbered.codeDigest).not.toBe(release.codeDigest);
});

function manifestOf(version: string): string {
  return fs.readFileSync(path.join(data.folder, 'releases', version, 'node_modules/@system/text/package.json'), 'utf8');
}

it('PREP-01 compiles again for other types, another compiler or other options, not for other code', async () => {
  const before = await released({});
  const code = await released({ text: { ...olderText, code: `${olderText.code}// faster\n` } });
  expect(code.typesDigest).toBe(before.typesDigest);
  expect(code.codeDigest).not.toBe(before.codeDigest);
  const types = await released({ text: { ...olderText, types: `${olderText.types}export {};\n` } });
  expect(types.codeDigest).toBe(before.codeDigest);
  const variants = [
    types,
    await released({ compiler: javascript }),
    await released({ compilerOptions: { target: 'es2020' } }),
  ];
  expect(new Set([before, ...variants].map(({ typesDigest }) => typesDigest)).size).toBe(4);
});

it('PREP-01 compiles with the options of the release', async () => {
  const loose = await released({ compilerOptions: { strict: false } });
  const source = 'export const length = (text) => text.length;\n';
  expect((await compile(loose, [unit(member('@acme/a', source))])).get('@acme/a')?.kind).toBe('prepared');
  const strict = await released({});
  expect((await compile(strict, [unit(member('@acme/a', source))])).get('@acme/a')?.kind).toBe('failed');
});

const described = {
  version: '11.18.1',
  compiler: { package: 'typescript', version: native },
  components: { '@system/text': '11.18.1' },
};

it.each([
  ['is not JSON', '{', /release\.json: is not JSON/],
  ['has no version', JSON.stringify({ ...described, version: undefined }), /release\.json: version: /],
  ['is of another release', JSON.stringify({ ...described, version: '11.18.2' }), /release\.json: version: 11\.18\.2/],
  [
    'names another package',
    JSON.stringify({ ...described, compiler: { package: 'flow', version: '1' } }),
    /release\.json: compiler\.package: /,
  ],
  [
    'names a component that is not there',
    JSON.stringify({ ...described, components: { '@system/sms': '1' } }),
    /components\.@system\/sms: 1 expected, none found/,
  ],
  [
    'names a component in another version',
    JSON.stringify({ ...described, components: { '@system/text': '2' } }),
    /components\.@system\/text: 2 expected, 11\.18\.1 found/,
  ],
  [
    'chooses where outputs go',
    JSON.stringify({ ...described, compilerOptions: { outdir: 'dist' } }),
    /compilerOptions\.outdir: not a release's to choose/,
  ],
])('PREP-01 refuses a release whose description %s, naming file and key', async (_, text, message) => {
  await released({});
  write(path.join(data.folder, 'releases/11.18.1/release.json'), text);
  await expect(loadRelease(data.folder, '11.18.1')).rejects.toMatchObject({
    code: 'FACTORY_INVALID',
    message: expect.stringMatching(message),
  });
});

it('PREP-01 refuses a compiler that does not come with Uplift, naming release, version and those that do', async () => {
  await expect(released({ compiler: '5.9.2' })).rejects.toMatchObject({
    code: 'FACTORY_INVALID',
    message: expect.stringMatching(/Release 11\.18\.1 compiles with typescript 5\.9\.2.*name one of 7\.0\.2, 6\.0\.3/),
  });
});

it('PREP-01 refuses a release without a folder', async () => {
  await expect(loadRelease(data.folder, '12.0.0')).rejects.toMatchObject({
    code: 'FACTORY_INVALID',
    message: expect.stringContaining('12.0.0'),
  });
});

it('PREP-01 knows a source by its content, whatever the order of its files', () => {
  const packed = packSource({ 'src/index.ts': 'export {};\n', 'src/words.ts': 'export const hello = "héllo";\n' });
  const reordered = packSource({ 'src/words.ts': 'export const hello = "héllo";\n', 'src/index.ts': 'export {};\n' });
  expect(reordered).toEqual(packed);
  expect(packed.bytes).toBe(42);
  expect(unpackSource(packed.blob)).toEqual({
    'src/index.ts': 'export {};\n',
    'src/words.ts': 'export const hello = "héllo";\n',
  });
  expect(packSource({ 'src/index.ts': 'export {}; \n' }).digest).not.toBe(
    packSource({ 'src/index.ts': 'export {};\n' }).digest,
  );
});

it.each([
  '../other/src/index.ts',
  '/etc/passwd',
  'src/../../index.ts',
  'src\\index.ts',
  'src/node_modules/x.ts',
  'src/a\nb.ts',
  '',
])('APPS-01 refuses a source at %j', (file) => {
  expect(() => packSource({ [file]: '' })).toThrow(expect.objectContaining({ code: 'FACTORY_INVALID' }));
});

const parts = {
  typesDigest: 'types',
  members: [
    { name: 'a', sourceDigest: '1' },
    { name: 'b', sourceDigest: '2' },
  ],
  producers: [
    { name: 'c', declarationsDigest: '3' },
    { name: 'd', declarationsDigest: '4' },
  ],
};

it('PREP-01 has one key for a unit, whatever the order of its parts', () => {
  expect(unitKey(parts)).toMatch(/^[0-9a-f]{64}$/);
  expect(unitKey({ ...parts, members: parts.members.toReversed(), producers: parts.producers.toReversed() })).toBe(
    unitKey(parts),
  );
});

it.each([
  ['release', { ...parts, typesDigest: 'other' }],
  [
    'source',
    {
      ...parts,
      members: [
        { name: 'a', sourceDigest: '2' },
        { name: 'b', sourceDigest: '1' },
      ],
    },
  ],
  ['producer', { ...parts, producers: [{ name: 'c', declarationsDigest: '3' }] }],
  [
    'producer’s declarations',
    {
      ...parts,
      producers: [
        { name: 'c', declarationsDigest: '4' },
        { name: 'd', declarationsDigest: '3' },
      ],
    },
  ],
])('PREP-01 has another key for another %s', (_, changed) => {
  expect(unitKey(changed)).not.toBe(unitKey(parts));
});

it('PREP-08 keeps the declarations’ digest when only code changes, and changes it with what the declarations name', async () => {
  const release = await released({});
  const digests = async (money: string) => {
    const results = await compile(release, [
      unit(member('@acme/money', money)),
      unit(
        member('@acme/cart', "import { money } from '@acme/money';\nexport const price = money(1);\n", ['@acme/money']),
        ['@acme/money'],
      ),
      unit(
        member(
          '@acme/log',
          "import { money } from '@acme/money';\nexport const size = (): number => money(1).amount;\n",
          ['@acme/money'],
        ),
        ['@acme/money'],
      ),
    ]);
    return Object.assign({}, ...[...results.values()].map((result) => prepared(result).declarations)) as Record<
      string,
      string
    >;
  };
  const types = 'export interface Money { amount: number }\n';
  const before = await digests(`${types}export const money = (amount: number): Money => ({ amount });\n`);
  const code = await digests(
    `${types}export const money = (amount: number): Money => ({ amount: Math.round(amount) });\n`,
  );
  expect(code).toEqual(before);
  const shape = await digests(
    'export interface Money { amount: number; currency?: string }\nexport const money = (amount: number): Money => ({ amount });\n',
  );
  expect(shape['@acme/money']).not.toBe(before['@acme/money']);
  expect(shape['@acme/cart']).not.toBe(before['@acme/cart']);
  expect(shape['@acme/log']).toBe(before['@acme/log']);
});

it('PREP-08 gives a circle of modules the same digests alone and as producers of others', async () => {
  const release = await released({});
  const claims = member(
    '@acme/claims',
    "import type { Payment } from '@acme/payments';\nexport interface Claim { payments: Payment[] }\n",
    ['@acme/payments'],
  );
  const payments = member(
    '@acme/payments',
    "import type { Claim } from '@acme/claims';\nexport interface Payment { of: Claim }\n",
    ['@acme/claims'],
  );
  const portal = member('@acme/portal', "export type { Payment } from '@acme/payments';\n", ['@acme/payments']);
  const together = await compile(release, [unit([claims, payments]), unit(portal, ['@acme/claims'])]);
  const circle = prepared(together.get('@acme/claims'));
  expect(circle.declarations['@acme/claims']).not.toBe(circle.declarations['@acme/payments']);
  const producers = new Map(
    [claims, payments].map(({ name, references }) => [
      name,
      {
        files: circle.files
          .filter((file) => file.path === `${name}/src/index.d.ts`)
          .map(({ text }) => ({ path: 'src/index.d.ts', text })),
        references,
      },
    ]),
  );
  const apart = await compile(release, [unit(portal)], { producers });
  expect(apart.get('@acme/portal')).toEqual(together.get('@acme/portal'));
});

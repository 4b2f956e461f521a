/** Compiling groups with the real compilers: what becomes of each unit, and that nothing else decides it. */
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRelease, type Release } from '../../platform/embedded/compile/release.js';
import {
  compile,
  dataFolder,
  declared,
  javascript,
  member,
  native,
  newerText,
  prepared,
  textOf,
  unit,
  workFolders,
  writeRelease,
} from './compileFixtures.js';

const data = dataFolder();
afterAll(data.remove);

const money = member(
  '@acme/money',
  'export interface Money { amount: number }\nexport const money = (amount: number): Money => ({ amount });\n',
);

describe.each([native, javascript])('typescript %s', (compiler) => {
  const version = `11.41.${compiler[0]}`;
  let release: Release;
  beforeAll(async () => {
    writeRelease(data.folder, { version, compiler, text: newerText });
    release = await loadRelease(data.folder, version);
  });

  it('PREP-07 fails a module whose message holds a line break, with its place', async () => {
    const banner = `type Banner = \`first line\nsecond \${string}\`;\nexport const banner: Banner = 'x';\n`;
    const results = await compile(release, [unit(money), unit(member('@acme/banner', banner))]);
    expect(results.get('@acme/money')).toMatchObject({ kind: 'prepared' });
    expect(results.get('@acme/banner')).toMatchObject({
      kind: 'failed',
      diagnostics: {
        '@acme/banner': [
          {
            file: 'src/index.ts',
            line: 3,
            column: 14,
            code: 'TS2322',
            message: expect.stringMatching(/first line\nsecond \$\{string\}/),
          },
        ],
      },
    });
  });

  it('PREP-07 keeps a hundred of a module’s messages and says how many more there were', async () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => `export const a${at}: number = 'x';\n`);
    const results = await compile(release, [unit(member('@acme/many', lines.join('')))]);
    const result = results.get('@acme/many');
    const kept = result?.kind === 'failed' ? (result.diagnostics['@acme/many'] ?? []) : [];
    expect(kept).toHaveLength(101);
    expect(kept[99]).toMatchObject({ line: 100, code: 'TS2322' });
    expect(kept[100]).toMatchObject({ line: 0, message: 'and 2,900 more' });
  });

  it('PREP-07 prepares what is sound, fails what is broken and skips what consumes it, whatever that says', async () => {
    const claims = "import { format } from '@system/text';\n\nexport const title = format(1).toUpperCase();\n";
    const results = await compile(release, [
      unit(money),
      unit(member('@acme/claims', claims)),
      unit(
        member('@acme/portal', "import { title } from '@acme/claims';\nexport const shown: number = title;\n", [
          '@acme/claims',
        ]),
        ['@acme/claims'],
      ),
      unit(
        member('@acme/site', "import { shown } from '@acme/portal';\nexport const page = shown;\n", ['@acme/portal']),
        ['@acme/portal'],
      ),
      unit(
        member('@acme/billing', "import { money } from '@acme/money';\nexport const due = money(2).amount;\n", [
          '@acme/money',
        ]),
        ['@acme/money'],
      ),
    ]);
    expect(results.get('@acme/claims')).toEqual({
      kind: 'failed',
      diagnostics: {
        '@acme/claims': [
          {
            file: 'src/index.ts',
            line: 3,
            column: 32,
            code: 'TS2339',
            message: "Property 'toUpperCase' does not exist on type 'Formatted'.",
          },
        ],
      },
    });
    expect(results.get('@acme/portal')).toEqual({ kind: 'skipped', below: '@acme/claims' });
    expect(results.get('@acme/site')).toEqual({ kind: 'skipped', below: '@acme/claims' });
    expect(textOf(results.get('@acme/money'), '@acme/money/src/index.d.ts')).toContain('export interface Money');
    expect(textOf(results.get('@acme/billing'), '@acme/billing/src/index.js')).toContain('money(2).amount');
    expect(workFolders()).toEqual([]);
  });

  it('PREP-07 charges an error to the module being built, also when it is printed with its producer’s path', async () => {
    const reaching = "export { money } from '../../../../@acme+money/@acme/money/src/index.js';\n";
    const results = await compile(release, [
      unit(
        member('@acme/money', {
          'src/index.ts': "export { money } from './coins.js';\n",
          'src/coins.ts': 'export const money = 1;\n',
        }),
      ),
      unit(member('@acme/reaching', reaching)),
    ]);
    expect(results.get('@acme/money')?.kind).toBe('prepared');
    const result = results.get('@acme/reaching');
    const diagnostics = result?.kind === 'failed' ? (result.diagnostics['@acme/reaching'] ?? []) : [];
    expect(diagnostics.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['src/index.ts', '@acme/money/src/index.ts']),
    );
    expect(diagnostics.map(({ message }) => message).join('\n')).toMatch(/File '@acme\/money\/src\/coins.ts'/);
  });

  it('PREP-01 lets modules that reference each other see each other’s types, and their consumers both', async () => {
    const claims = member(
      '@acme/claims',
      "import { payments } from '@acme/payments';\nexport interface Claim { paid: number }\nexport const total = (): number => payments().reduce((sum, claim) => sum + claim.paid, 0);\n",
      ['@acme/payments'],
    );
    const payments = member(
      '@acme/payments',
      "import { type Claim, total } from '@acme/claims';\nexport const payments = (): Claim[] => [];\nexport const left = () => ({ claims: payments(), total });\n",
      ['@acme/claims'],
    );
    const portal = member(
      '@acme/portal',
      "import { left } from '@acme/payments';\nexport const paid: string = left().claims[0]!.paid;\n",
      ['@acme/payments'],
    );
    const results = await compile(release, [unit([claims, payments]), unit(portal, ['@acme/claims'])]);
    expect(Object.keys(prepared(results.get('@acme/claims')).declarations)).toEqual(['@acme/claims', '@acme/payments']);
    expect(results.get('@acme/portal')).toMatchObject({
      kind: 'failed',
      diagnostics: { '@acme/portal': [{ code: 'TS2322' }] },
    });
  });

  it('PREP-07 names, in a unit of several, only the members with errors of their own', async () => {
    const results = await compile(release, [
      unit([
        member('@acme/claims', "import { rate } from '@acme/rates';\nexport const cost = (): number => rate();\n", [
          '@acme/rates',
        ]),
        member(
          '@acme/rates',
          "import { cost } from '@acme/claims';\nexport const rate = (): number => 'high';\nexport const both = () => cost();\n",
          ['@acme/claims'],
        ),
      ]),
    ]);
    expect(results.get('@acme/claims')).toEqual({
      kind: 'failed',
      diagnostics: { '@acme/rates': [expect.objectContaining({ file: 'src/index.ts', line: 2, code: 'TS2322' })] },
    });
  });

  it('PREP-01 does not resolve a reference that is not declared, of the group or prepared before', async () => {
    const stray = "import { money } from '@acme/money';\nexport const coins = money(1);\n";
    const beside = await compile(release, [unit(money), unit(member('@acme/stray', stray))]);
    const after = await compile(release, [unit(member('@acme/stray', stray))], {
      producers: new Map([declared(beside.get('@acme/money'), '@acme/money')]),
    });
    for (const results of [beside, after]) {
      expect(results.get('@acme/stray')).toMatchObject({
        kind: 'failed',
        diagnostics: { '@acme/stray': [{ code: 'TS2307' }] },
      });
    }
  });

  it('PREP-01 takes no inferred type for any, through however many modules of the group it came', async () => {
    const results = await compile(release, [
      unit(money),
      unit(
        member('@acme/cart', "import { money } from '@acme/money';\nexport const price = money(1);\n", ['@acme/money']),
        ['@acme/money'],
      ),
      unit(
        member('@acme/shop', "import { price } from '@acme/cart';\nexport const shown = { price };\n", ['@acme/cart']),
        ['@acme/cart'],
      ),
      unit(
        member('@acme/site', "import { shown } from '@acme/shop';\nexport const text: string = shown.price.amount;\n", [
          '@acme/shop',
        ]),
        ['@acme/shop'],
      ),
    ]);
    expect(textOf(results.get('@acme/shop'), '@acme/shop/src/index.d.ts')).toContain('import("@acme/money").Money');
    expect(results.get('@acme/site')).toMatchObject({
      kind: 'failed',
      diagnostics: { '@acme/site': [{ code: 'TS2322' }] },
    });
  });

  it('PREP-01 gives the same bytes in any group and any folder', async () => {
    const cart = member(
      '@acme/cart',
      "import { money } from '@acme/money';\nimport { format } from '@system/text';\nexport const price = money(1);\nexport const shown = format(1);\n",
      ['@acme/money'],
    );
    const together = await compile(release, [unit(money), unit(cart, ['@acme/money'])]);
    const again = await compile(release, [unit(money), unit(cart, ['@acme/money'])]);
    const apart = await compile(release, [unit(cart)], {
      producers: new Map([declared(together.get('@acme/money'), '@acme/money')]),
    });
    expect(again).toEqual(together);
    expect(apart.get('@acme/cart')).toEqual(together.get('@acme/cart'));
    const texts = [...together.values()].flatMap((result) => prepared(result).files.map(({ text }) => text)).join('\n');
    expect(texts).toContain('import("@system/text").Formatted');
    for (const place of [data.folder, fs.realpathSync(data.folder), '/dev/shm', 'sources/', 'declared/'])
      expect(texts).not.toContain(place);
  });

  it('PREP-01 keeps declarations that are written by hand', async () => {
    const results = await compile(release, [
      unit(
        member('@acme/shapes', {
          'src/index.ts': "export type { Shape } from './shape.js';\n",
          'src/shape.d.ts': 'export interface Shape { sides: number }\n',
        }),
      ),
      unit(
        member(
          '@acme/drawing',
          "import type { Shape } from '@acme/shapes';\nexport const sides = (shape: Shape): string => shape.sides;\n",
          ['@acme/shapes'],
        ),
        ['@acme/shapes'],
      ),
    ]);
    expect(prepared(results.get('@acme/shapes')).files.map(({ path }) => path)).toContain(
      '@acme/shapes/src/shape.d.ts',
    );
    expect(results.get('@acme/drawing')).toMatchObject({
      kind: 'failed',
      diagnostics: { '@acme/drawing': [{ code: 'TS2322' }] },
    });
  });
});

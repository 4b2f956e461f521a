/** Factories and modules as folders: what an import refuses and warns of, all at once, with file and line. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFactory, readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { complaintText } from '../../store/complaint.js';
import { temporaryFolder, writeFactory } from './tinyFactory.js';

/** A factory with the module `base` and what `change` makes of its folder. */
function factoryWith(change: (folder: string) => void = () => undefined): string {
  const folder = writeFactory({ base: {} });
  change(folder);
  return folder;
}

function put(file: string, content: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function putModule(folder: string, at: string, manifest: object = {}, source = 'export const one = 1;\n'): void {
  const content = { name: at, version: '1.0.0', uplift: { application: 'tests', kind: 'library' }, ...manifest };
  put(path.join(folder, 'modules', at, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
  put(path.join(folder, 'modules', at, 'src/index.ts'), source);
}

async function complaintsOf(folder: string, severity: 'refused' | 'warned' = 'refused'): Promise<readonly string[]> {
  const { complaints } = await checkFactory(folder);
  return complaints.filter((complaint) => complaint.severity === severity).map(complaintText);
}

it('has nothing to say of a factory that is well', async () => {
  const { factory, complaints } = await checkFactory(factoryWith());
  expect(complaints).toEqual([]);
  expect(factory).toMatchObject({ releases: ['11.18.1', '11.41.0'], modules: [{ name: 'base', kind: 'library' }] });
});

describe('names', () => {
  it.each([
    ['node_modules', 'reserved'],
    ['@shop/node_modules', 'reserved'],
    ['favicon.ico', 'reserved'],
    ['constructor', 'reserved'],
    ['@shop/hasOwnProperty', 'reserved'],
    ['__proto__', 'no name of a module'],
    ['@system/extra', 'scope of the system components'],
    ['@SYSTEM/extra', 'scope of the system components'],
    [`@shop/${'n'.repeat(246)}`, '252 characters; 214 are the most'],
    ['two/parts', 'no name of a module'],
    ['shop.', 'ends with a dot'],
    ['', 'no name of a module'],
  ])('refuses %j, naming file, line and rule', async (name, rule) => {
    const folder = factoryWith((at) => putModule(at, 'other', { name }));
    expect(await complaintsOf(folder)).toEqual([
      expect.stringMatching(new RegExp(`^modules/other/package\\.json:2: name: .*${rule}`)),
    ]);
  });

  it('takes the longest name that npm takes, and imports nothing of what is refused', async () => {
    const folder = factoryWith((at) => putModule(at, 'other', { name: '@system/extra' }));
    const data = temporaryFolder();
    await expect(readFactory(folder)).rejects.toMatchObject({ code: 'FACTORY_INVALID' });
    putModule(folder, 'other', { name: `@shop/${'n'.repeat(208)}` });
    const context = openEmbeddedContext(data);
    await importFactory(context, await readFactory(folder), () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 }));
    expect(await context.database.selectFrom('modules').select('name').execute()).toHaveLength(2);
  });

  it('refuses two modules of one name, also when only small and capital letters differ', async () => {
    const folder = factoryWith((at) => {
      putModule(at, 'first', { name: '@shop/Text' });
      putModule(at, 'second', { name: '@shop/text' });
      putModule(at, 'third', { name: 'base' });
    });
    expect(await complaintsOf(folder)).toEqual([
      'modules/second/package.json:2: name: @shop/text differs from @shop/Text of modules/first/package.json in small and capital letters only',
      'modules/third/package.json:2: name: base is taken by modules/base/package.json',
    ]);
  });
});

describe('package.json', () => {
  it.each([
    ['{\n  "name": "other",\n', /package\.json:\d+: is not JSON/],
    ['[]', /expected object/],
    [
      '{"name":"other","version":"1.0.0",\n"uplift":{"application":"a",\n"kind":"screens"}}',
      /json:3: uplift\.kind: .*library/,
    ],
    ['{"name":"other","version":"1.0.0",\n"uplift":{"application":"","kind":"web"}}', /json:2: uplift\.application/],
    ['{"name":"other","version":"1.0.0",\n"uplift":{"application":"a","kind":"web","colour":1}}', /json:2: .*colour/],
    ['{"name":"other","uplift":{"application":"a","kind":"web"}}', /version/],
  ])('refuses %j', async (text, problem) => {
    const folder = factoryWith((at) => {
      putModule(at, 'other');
      put(path.join(at, 'modules/other/package.json'), text);
    });
    expect(await complaintsOf(folder)).toEqual([expect.stringMatching(problem)]);
  });

  it('names a producer that does not exist as a mistake of its consumer', async () => {
    const folder = factoryWith((at) =>
      putModule(at, 'user', { dependencies: { base: '^1.0.0', bsae: '^1.0.0', lodash: '*', '@system/text': '*' } }),
    );
    expect(await complaintsOf(folder)).toEqual([
      expect.stringMatching(/^modules\/user\/package\.json:10: .*no module bsae; perhaps base is meant/),
      expect.stringMatching(/^modules\/user\/package\.json:11: .*no module lodash/),
    ]);
  });

  it('warns of ranges and fields that do not count, and of producers that are not published', async () => {
    const folder = factoryWith((at) => {
      putModule(at, 'draft', { uplift: { application: 'a', kind: 'core', published: false } });
      putModule(at, 'user', { main: 'x.js', version: '7', dependencies: { base: '^2.0.0', draft: 'latest' } });
    });
    expect(await complaintsOf(folder)).toEqual([]);
    const warnings = (await complaintsOf(folder, 'warned')).join('\n');
    for (const told of [
      'main does not count',
      'version: "7"',
      '"^2.0.0" does not have 1.0.0',
      '"latest" is no range',
      'draft is not published',
    ]) {
      expect(warnings).toContain(told);
    }
  });
});

describe('sources', () => {
  it('are UTF-8, or refused at the line that is not', async () => {
    const latin = Buffer.concat([Buffer.from('export const a = 1;\n// caf'), Buffer.from([0xe9, 0x0a])]);
    const folder = factoryWith((at) => put(path.join(at, 'modules/base/src/words.ts'), latin));
    expect(await complaintsOf(folder)).toEqual([
      expect.stringMatching(/^modules\/base\/src\/words\.ts:2: is not UTF-8/),
    ]);
  });

  it('are all that the folder has: what is not compiled is named', async () => {
    const folder = factoryWith((at) => {
      put(path.join(at, 'modules/base/src/page.tsx'), '');
      put(path.join(at, 'modules/base/src/notes.md'), '');
      put(path.join(at, 'modules/base/src/node_modules/x.ts'), '');
    });
    expect(await complaintsOf(folder)).toEqual([
      expect.stringMatching(/^modules\/base\/src\/page\.tsx: is not compiled/),
      expect.stringMatching(/^modules\/base\/src\/node_modules\/x\.ts: is no path of a source/),
    ]);
    expect(await complaintsOf(folder, 'warned')).toEqual([expect.stringContaining('notes.md: is left out')]);
  });

  it('have an index, a size and names that can be written', async () => {
    const folder = factoryWith((at) => {
      fs.renameSync(
        path.join(at, 'modules/base/src/index.ts'),
        path.join(at, `modules/base/src/${'l'.repeat(250)}.ts`),
      );
      put(path.join(at, 'modules/base/src/large.ts'), `// ${'x'.repeat(8 * 1_048_576)}`);
    });
    expect(await complaintsOf(folder)).toEqual([
      'modules/base/src/index.ts: is missing',
      expect.stringMatching(/^modules\/base: has sources of .* bytes/),
      expect.stringContaining('has a name of more than 240 bytes'),
    ]);
  });
});

describe('links', () => {
  it('are followed inside the factory, modules, folders and sources alike', async () => {
    const folder = factoryWith((at) => {
      putModule(at, '../shared/linked', { name: 'linked' });
      put(path.join(at, 'shared/words/word.ts'), 'export const word = 1;\n');
      fs.symlinkSync(path.join(at, 'shared/linked'), path.join(at, 'modules/linked'));
      fs.symlinkSync('../../../shared/words', path.join(at, 'modules/base/src/words'));
      fs.symlinkSync('../../../shared/words/word.ts', path.join(at, 'modules/base/src/word.ts'));
    });
    const { modules } = await readFactory(folder);
    expect(modules.map(({ name, files }) => [name, Object.keys(files)])).toEqual([
      ['base', ['src/index.ts', 'src/word.ts', 'src/words/word.ts']],
      ['linked', ['src/index.ts']],
    ]);
  });

  it('are refused by name where they lead out of the factory, to nothing, or around', async () => {
    const away = temporaryFolder();
    putModule(away, 'away');
    put(path.join(away, 'secret.ts'), 'export const secret = 1;\n');
    const folder = factoryWith((at) => {
      fs.symlinkSync(path.join(away, 'modules/away'), path.join(at, 'modules/away'));
      fs.symlinkSync(path.join(away, 'secret.ts'), path.join(at, 'modules/base/src/secret.ts'));
      fs.symlinkSync('nowhere.ts', path.join(at, 'modules/base/src/gone.ts'));
      fs.symlinkSync('.', path.join(at, 'modules/base/src/round'));
      fs.symlinkSync(away, path.join(at, 'releases/11.41.0/node_modules/@system/more'));
    });
    expect(await complaintsOf(folder)).toEqual([
      'releases/11.41.0/node_modules/@system/more: is a link that leads out of the factory, or to nothing',
      'modules/away: is a link that leads out of the factory',
      'modules/base/src/gone.ts: is a link to nothing',
      'modules/base/src/round: is a link to a folder that it stands in',
      'modules/base/src/secret.ts: is a link that leads out of the factory',
    ]);
  });
});

it('tells the mistakes of uplift.yaml, releases and modules together', async () => {
  const folder = factoryWith((at) => {
    put(path.join(at, 'uplift.yaml'), 'infrastructure: shop\ncolour: red\n');
    put(path.join(at, 'releases/11.41.0/release.json'), '{}');
    fs.mkdirSync(path.join(at, 'releases/newest'));
    fs.rmSync(path.join(at, 'modules/base/package.json'));
  });
  expect(await complaintsOf(folder)).toEqual([
    expect.stringMatching(/^uplift\.yaml:1: .*environments/),
    expect.stringMatching(/^uplift\.yaml:2: .*colour/),
    expect.stringMatching(/^releases\/11\.41\.0\/release\.json: version/),
    'modules/base/package.json: is missing',
  ]);
  expect(await complaintsOf(folder, 'warned')).toEqual(['releases/newest: is left out: its name is no version']);
});

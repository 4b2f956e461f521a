import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedList, type ModuleRow, moduleNameProblem } from '../../domain/modules/moduleList.js';
import { anyFactory } from './factories.js';

const unknown = { application: null, ownerTeam: null, kind: null, version: null, published: null, state: null };

function row(name: string, line: number, references: readonly string[] | null = []): ModuleRow {
  return { ...unknown, name, line, references };
}

describe('the modules of a list', () => {
  it('reference each other in whatever case it is written, each once, and never themselves', () => {
    const { modules, external } = joinedList([
      row('Claims', 2, ['CORE', 'core', 'claims', 'RichWidgets', 'richwidgets']),
      row('Core', 3, null),
    ]);
    expect(modules.map(({ references, external: others }) => [references, others])).toEqual([
      [['Core'], ['RichWidgets']],
      [null, []],
    ]);
    expect(external.map(({ line, text }) => [line, text])).toEqual([
      [2, '"RichWidgets" is not in the list and kept as external; one module references it'],
    ]);
  });

  it('that reference one which is not there are counted, not told one by one', () => {
    const rows = Array.from({ length: 1_200 }, (_, index) => row(`m${index}`, index + 2, ['System']));
    expect(joinedList(rows).external).toEqual([
      { line: 2, text: '"System" is not in the list and kept as external; 1,200 modules reference it' },
    ]);
  });

  it('have names of their own, also for whoever does not tell small letters from capitals', () => {
    const { twins } = joinedList([row('claims', 2), row('Claims', 3), row('claims', 7)]);
    expect(twins).toEqual([
      { line: 3, text: '"Claims" differs from "claims" of line 2 in small and capital letters only' },
      { line: 7, text: 'the module "claims" stands on line 2 already' },
    ]);
  });

  it('that reference each other in a circle are a unit', () => {
    const circle = [row('a', 2, ['b']), row('b', 3, ['c']), row('c', 4, ['a']), row('d', 5, ['a']), row('e', 6, ['e'])];
    expect(joinedList(circle).units).toEqual([['a', 'b', 'c']]);
  });

  it('keep every reference, in the list or out of it, whatever they are', () => {
    fc.assert(
      fc.property(anyFactory, (nodes) => {
        const rows = nodes.map(({ name, producers }, index) => row(name, index, producers));
        const names = new Set(nodes.map(({ name }) => name));
        const { modules, twins } = joinedList(rows);
        expect(twins).toEqual([]);
        expect(modules.map(({ name }) => name)).toEqual(nodes.map(({ name }) => name));
        for (const [index, { name, references, external }] of modules.entries()) {
          const written = new Set(nodes[index]?.producers.filter((producer) => producer !== name));
          expect(new Set(references)).toEqual(new Set([...written].filter((producer) => names.has(producer))));
          expect(new Set(external)).toEqual(new Set([...written].filter((producer) => !names.has(producer))));
        }
      }),
    );
  });
});

describe('the name of a module', () => {
  it.each(['claims', '@acme/claims', 'Café 2.0', '(System)', 'A_b-c', 'x'.repeat(200)])('can be %j', (name) => {
    expect(moduleNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['__proto__', 'no module can be called'],
    ['constructor', 'no module can be called'],
    ['hasOwnProperty', 'no module can be called'],
    ['x'.repeat(300), 'has 300 characters, 200 are the most'],
    ['a\u0007b', 'a character that no line shows (U+0007)'],
    ['a\u202eb', 'a character that no line shows (U+202E)'],
    ['a\nb', 'a character that no line shows (U+000A)'],
    ['a\ud800', 'a character that no line shows (U+D800)'],
    ['', 'a name begins with'],
    [' a', 'a name begins with'],
    ['--force', 'a name begins with'],
    ['a;b', 'a name begins with'],
    ['a"b', 'a name begins with'],
    ['<b>', 'a name begins with'],
    ['$(reboot)', 'a name begins with'],
  ])('cannot be %j', (name, why) => {
    expect(moduleNameProblem(name)).toContain(why);
  });
});

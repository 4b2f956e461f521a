/** The source of a generated module: its entity, its functions, its screens, and imports of just what those use. */
import type { Dice } from './dice.js';
import { mainFunctions, pieceOf } from './functions.js';
import type { ModulePlan } from './modulePlan.js';
import { otherFunctions } from './otherFunctions.js';
import { screensOf } from './screens.js';
import { imported, type Offer, offered, tableName } from './words.js';

const components: Readonly<Record<string, readonly string[]>> = {
  '@system/data': ['type Stored', 'table'],
  '@system/http': ['enqueue', 'post'],
  '@system/security': ['audit', 'currentUser'],
  '@system/settings': ['setting'],
  '@system/tasks': ['postpone', 'runIfDue', 'timer'],
  '@system/text': ['capitalize', 'fill', 'parseNumber', 'plural', 'slug', 'truncate'],
  '@system/ui': [
    'badge',
    'figures',
    'form',
    'html',
    'meter',
    'page',
    'type Screen',
    'screen',
    'section',
    'table as tableOf',
  ],
};

const offers: readonly Offer[] = ['assess', 'total'];

export interface ModuleText {
  readonly text: string;
  readonly components: readonly string[];
}

export function moduleText(module: ModulePlan, chance: Dice): ModuleText {
  const others = chance
    .shuffled(otherFunctions, 'functions', module.index)
    .slice(0, 1 + chance.below(7, 'size', module.index));
  const functions = [...mainFunctions, ...others].map(([name, source]) => source(pieceOf(module, name, chance)));
  const body = [
    entity(module),
    ...functions,
    screensOf(
      module,
      others.map(([name]) => name),
    ),
    module.breaks?.source(module),
  ]
    .filter((part) => part !== undefined)
    .join('');
  const system = systemImports(body);
  const head = `/** ${module.entity} of ${module.application}, a ${module.kind} module: generated, version ${module.version}. */\n`;
  return { text: head + system.lines.join('') + producerImports(module, body) + body, components: system.used };
}

function entity(module: ModulePlan): string {
  const { entity: type, texts, numbers, subject, index, folder } = module;
  return `
export interface ${type} {
  readonly reference: string;
  readonly ${texts[0]}: string;
  readonly ${texts[1]}: string;
  readonly ${numbers[0]}: number;
  readonly ${numbers[1]}: number;
  /** A day, \`2026-03-09\`. */
  readonly dueOn: string;
  readonly open: boolean;
}

/** What is said of a ${subject}. */
export interface Assessment {
  readonly reference: string;
  readonly score: number;
  readonly remarks: readonly string[];
}

export const ${tableName(module)} = table<${type}>('${folder.replaceAll('-', '_')}', {
  initial: [
    { reference: 'R-${index}', ${texts[0]}: 'north', ${texts[1]}: 'first', ${numbers[0]}: ${index % 97}, ${numbers[1]}: ${index % 13}, dueOn: '2026-01-15', open: true },
    { reference: 'R-${index + 1}', ${texts[0]}: 'south', ${texts[1]}: 'second', ${numbers[0]}: ${index % 41}, ${numbers[1]}: ${index % 7}, dueOn: '2026-02-20', open: false },
  ],
});
`;
}

/** Imports nothing that the text does not name, since a reference that is not used is none. */
function systemImports(body: string): { readonly lines: readonly string[]; readonly used: readonly string[] } {
  const used = Object.entries(components).flatMap(([component, names]) => {
    const needed = names.filter((name) => mentions(body, name.replace(/^type |.* as /, '')));
    return needed.length === 0 ? [] : [{ component, line: `import { ${needed.join(', ')} } from '${component}';\n` }];
  });
  return { lines: used.map(({ line }) => line), used: used.map(({ component }) => component) };
}

/** Every producer is used at least by its total, on the module's overview. */
function producerImports({ producers }: ModulePlan, body: string): string {
  return producers
    .map((producer) => {
      const names = offers
        .filter((offer) => mentions(body, imported(offer, producer)))
        .map((offer) => `${offered(offer, producer)} as ${imported(offer, producer)}`);
      return `import { ${names.join(', ')} } from '${producer.name}';\n`;
    })
    .join('');
}

/** Called, as a tag, with type arguments, or as the type of a screen; never as an attribute or inside a longer name. */
function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![.\\w])${name}(?=[(<\`]| = screen\\()`).test(text);
}

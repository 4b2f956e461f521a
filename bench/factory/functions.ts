/** The functions that every generated module has, as TypeScript: its consumers and its screens rely on them. */
import type { Dice } from './dice.js';
import type { ModulePlan } from './modulePlan.js';
import { imported, offered, tableName } from './words.js';

/** What a module is made of. `about` names the throw, so that each function has figures of its own. */
export interface Piece {
  readonly module: ModulePlan;
  readonly producer: ModulePlan | undefined;
  readonly figure: (below: number, about: string) => number;
}

/** A function's name in throws, and its source. */
export type Template = readonly [name: string, source: (piece: Piece) => string];

export function pieceOf(module: ModulePlan, about: string, chance: Dice): Piece {
  const { index, producers } = module;
  return {
    module,
    producer: producers.length === 0 ? undefined : chance.pick(producers, 'calls', index, about),
    figure: (below, what) => 1 + chance.below(below, 'figure', index, about, what),
  };
}

export const mainFunctions: readonly Template[] = [
  ['register', register],
  ['assess', assess],
  ['total', total],
];

function register({ module, figure }: Piece): string {
  const { subject, entity, folder, texts, numbers } = module;
  return `
/** Stores a ${subject}, unless its figures are out of bounds; the answer is the row or what is wrong. */
export async function register${entity}(request: { readonly user: string }, values: ${entity}): Promise<Stored<${entity}> | string> {
  const most = setting('@generated/${folder}', 'Most${entity}', ${figure(90, 'most') * 100});
  if (values.${numbers[0]} < 0 || values.${numbers[0]} > most) return \`The ${numbers[0]} must lie between 0 and \${most}.\`;
  if (values.${texts[0]}.trim() === '') return 'The ${texts[0]} is missing.';
  const row = await ${tableName(module)}.insert({ ...values, ${texts[0]}: capitalize(values.${texts[0]}.trim()) });
  await audit(currentUser(request), 'registered', { reference: row.reference, ${numbers[1]}: row.${numbers[1]} });
  return row;
}
`;
}

function assess({ module, producer, figure }: Piece): string {
  const { subject, numbers } = module;
  const limit = figure(80, 'limit') * 10;
  const other = producer
    ? `
  const other = await ${imported('assess', producer)}(reference);
  score += other.score / ${figure(4, 'share') + 1};
  remarks.push(...other.remarks.map((remark) => truncate(remark, ${30 + figure(40, 'length')})));`
    : '';
  return `
/** Judges a ${subject} by its own figures${producer ? ` and by what ${producer.name} says of the same reference` : ''}. */
export async function ${offered('assess', module)}(reference: string): Promise<Assessment> {
  const [row] = await ${tableName(module)}.select({ where: { reference }, max: 1 });
  const remarks: string[] = [];
  let score = row ? row.${numbers[0]} * ${figure(9, 'weight')} - row.${numbers[1]} : 0;
  if (!row) remarks.push(fill('No ${subject} is called {reference}.', { reference }));
  else if (row.${numbers[0]} > ${limit}) remarks.push('The ${numbers[0]} is above ${limit}.');${other}
  return { reference, score, remarks };
}
`;
}

function total({ module, producer, figure }: Piece): string {
  const { subject, numbers } = module;
  const other = producer ? ` + (await ${imported('total', producer)}(since)) / ${figure(9, 'part')}` : '';
  return `
/** The ${numbers[0]} of every open ${subject} that was due since that day${producer ? `, with a part of what ${producer.name} adds` : ''}. */
export async function ${offered('total', module)}(since: string): Promise<number> {
  const rows = await ${tableName(module)}.select({ where: { open: true } });
  const own = rows.filter((row) => row.dueOn >= since).reduce((sum, row) => sum + row.${numbers[0]}, 0);
  return own${other};
}
`;
}

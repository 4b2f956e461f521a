/** Functions that some generated modules have and others do not, as TypeScript. */
import type { Piece, Template } from './functions.js';
import { imported, tableName } from './words.js';

export const otherFunctions: readonly Template[] = [
  ['rank', rank],
  ['group', group],
  ['close', close],
  ['letter', letter],
  ['sweep', sweep],
  ['trend', trend],
  ['outliers', outliers],
];

function rank({ module, figure }: Piece): string {
  const { subject, entity, texts, numbers } = module;
  return `
/** The ${figure(20, 'places')} with the greatest ${numbers[1]}; a ${subject} of the same ${numbers[1]} by its ${texts[0]}. */
export async function rank${entity}(): Promise<Stored<${entity}>[]> {
  const rows = await ${tableName(module)}.select({ order: '${numbers[1]}', descending: true });
  return rows
    .sort((left, right) => right.${numbers[1]} - left.${numbers[1]} || left.${texts[0]}.localeCompare(right.${texts[0]}, 'en'))
    .slice(0, ${figure(20, 'places')});
}
`;
}

function group({ module }: Piece): string {
  const { subject, entity, texts, numbers } = module;
  return `
/** How much ${numbers[0]} each ${texts[1]} has, the largest first. */
export async function group${entity}(): Promise<{ readonly ${texts[1]}: string; readonly ${numbers[0]}: number; readonly rows: number }[]> {
  const groups = new Map<string, Stored<${entity}>[]>();
  for (const ${subject} of await ${tableName(module)}.select()) {
    const key = slug(${subject}.${texts[1]});
    groups.set(key, [...(groups.get(key) ?? []), ${subject}]);
  }
  return [...groups]
    .map(([key, rows]) => ({ ${texts[1]}: key, ${numbers[0]}: rows.reduce((sum, row) => sum + row.${numbers[0]}, 0), rows: rows.length }))
    .sort((left, right) => right.${numbers[0]} - left.${numbers[0]});
}
`;
}

function close({ module, producer, figure }: Piece): string {
  const { subject, entity } = module;
  const condition = producer
    ? `
  const { score } = await ${imported('assess', producer)}(row.reference);
  if (score > ${figure(60, 'score') * 100}) return false;`
    : '';
  return `
/** Closes a ${subject}${producer ? `, unless ${producer.name} objects` : ''}, and says whether it did. */
export async function close${entity}(request: { readonly user: string }, id: number): Promise<boolean> {
  const row = await ${tableName(module)}.find(id);
  if (!row?.open) return false;${condition}
  await ${tableName(module)}.update(id, { open: false });
  await audit(currentUser(request), 'closed', { reference: row.reference });
  return true;
}
`;
}

function letter({ module, figure }: Piece): string {
  const { subject, entity, texts, numbers } = module;
  return `
/** Writes to the ${texts[0]} of a ${subject} whose ${numbers[0]} is due. */
export async function write${entity}Letter(row: Stored<${entity}>): Promise<number> {
  const text = fill('{reference}: please settle {figure} within {days} days.', {
    reference: row.reference,
    figure: row.${numbers[0]},
    days: ${figure(30, 'days')},
  });
  const receipt = await post('mail:letters', { to: row.${texts[0]}, text });
  return receipt.reference;
}
`;
}

function sweep({ module, figure }: Piece): string {
  const { subject, entity } = module;
  return `
/** Removes what was closed long ago, every ${figure(48, 'hours')} hours at most; the answer is how many went. */
export async function sweep${entity}(before: string, now: Date): Promise<number> {
  let removed = 0;
  await runIfDue(timer('${module.folder} sweep', ${figure(48, 'hours') * 60}), now, async () => {
    for (const ${subject} of await ${tableName(module)}.select({ where: { open: false } })) {
      if (${subject}.dueOn < before && (await ${tableName(module)}.remove(${subject}.id))) removed++;
    }
  });
  return removed;
}
`;
}

function trend({ module, producer }: Piece): string {
  const { entity, numbers } = module;
  const basis = producer ? `await ${imported('total', producer)}(since)` : '0';
  return `
/** Whether the ${numbers[1]} grows: the mean of the newer half against that of the older. */
export async function trendOf${entity}(since: string): Promise<'growing' | 'shrinking' | 'steady'> {
  const figures = (await ${tableName(module)}.select({ order: 'dueOn' })).filter((row) => row.dueOn >= since).map((row) => row.${numbers[1]});
  const middle = Math.floor(figures.length / 2);
  const mean = (part: readonly number[]) => (part.length === 0 ? 0 : part.reduce((sum, figure) => sum + figure, 0) / part.length);
  const growth = mean(figures.slice(middle)) - mean(figures.slice(0, middle)) + (${basis}) / 1000;
  return growth > 1 ? 'growing' : growth < -1 ? 'shrinking' : 'steady';
}
`;
}

function outliers({ module, figure }: Piece): string {
  const { subject, entity, numbers } = module;
  return `
/** Every ${subject} whose ${numbers[0]} lies more than ${figure(3, 'deviations')} standard deviations from the mean. */
export async function outliersOf${entity}(): Promise<Stored<${entity}>[]> {
  const rows = await ${tableName(module)}.select();
  const mean = rows.reduce((sum, row) => sum + row.${numbers[0]}, 0) / Math.max(1, rows.length);
  const variance = rows.reduce((sum, row) => sum + (row.${numbers[0]} - mean) ** 2, 0) / Math.max(1, rows.length);
  return rows.filter((row) => Math.abs(row.${numbers[0]} - mean) > ${figure(3, 'deviations')} * Math.sqrt(variance));
}
`;
}

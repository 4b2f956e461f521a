/** What a list of modules has columns, or keys, for. */
import { nearestName } from '../../domain/nearestName.js';
import { counted, shortened } from '../../domain/text.js';

const columns = [
  ...['module', 'application', 'owner team', 'references'],
  ...['state', 'version', 'kind', 'published'],
] as const;

export type Column = (typeof columns)[number];

/** A module of the list as it is written: texts in a CSV file, any values in a JSON file. What is left out is not there. */
export interface Row {
  /** On which it begins, from 1. */
  readonly line: number;
  readonly values: ReadonlyMap<Column, unknown>;
}

export interface NamedColumns {
  /** Of each name; undefined where it names none. */
  readonly columns: readonly (Column | undefined)[];
  /** Sentences without their full stop. */
  readonly problems: readonly string[];
}

/** `what`: `column` or `key`. A name is found in whatever case, and with or without its blanks. */
export function namedColumns(names: readonly string[], what: 'column' | 'key'): NamedColumns {
  if (names.length > mostNames) {
    return { columns: [], problems: [`${counted(names.length)} ${what}s stand here; there are ${columns.join(', ')}`] };
  }
  const found = names.map((name) => columns.find((column) => letters(column) === letters(name)));
  const problems = names.flatMap((name, index) => {
    const column = found[index];
    if (column === undefined) return [unknownText(name, what)];
    return found.indexOf(column) < index ? [`the ${what} ${quoted(name)} stands here a second time`] : [];
  });
  return { columns: found, problems: found.includes('module') ? problems : [...problems, missingText(what)] };
}

/** Of those that are wrong each is told, with what was perhaps meant. */
const mostNames = 50;

function letters(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

function unknownText(name: string, what: string): string {
  const meant = nearestName(name, columns);
  const perhaps = meant === undefined ? '' : `perhaps ${quoted(meant)} is meant; `;
  return `there is no ${what} ${quoted(name)}; ${perhaps}there are ${columns.join(', ')}`;
}

function missingText(what: string): string {
  return `the ${what} "module" is missing; there are ${columns.join(', ')}`;
}

function quoted(name: string): string {
  return JSON.stringify(shortened(name, 60));
}

/** What a row of a list says of its module, value by value. */
import type { ModuleState } from '../../domain/modules/module.js';
import { type ModuleRow, moduleNameProblem } from '../../domain/modules/moduleList.js';
import { nameRule, shortened, type TextRule, textProblem } from '../../domain/text.js';
import type { Column, Row } from './columns.js';

export type ReadRow =
  | { readonly module: ModuleRow }
  /** Sentences without their full stop. */
  | { readonly problems: readonly string[] };

export function readRow({ line, values }: Row): ReadRow {
  const problems: string[] = [];
  const text = (column: Column, problemOf: (text: string) => string | undefined): string | null => {
    const given = values.get(column);
    if (given === undefined) return null;
    const read = textOf(given);
    const problem = read === undefined ? `is ${shown(given)}; a text is needed` : problemOf(read);
    if (problem) problems.push(`"${column}" ${problem}`);
    return read ?? null;
  };
  const said = <T>(column: Column, meanings: ReadonlyMap<string, T>): T | null => {
    const given = values.get(column);
    if (given === undefined) return null;
    const meaning = meanings.get(wordsOf(given));
    if (meaning !== undefined) return meaning;
    problems.push(`"${column}" is ${shown(given)}; it has to be one of ${[...meanings.keys()].join(', ')}`);
    return null;
  };

  if (!values.has('module')) problems.push('"module" is missing');
  const references = namesOf(values.get('references'));
  if (references === undefined) problems.push('"references" has to be a list of names');
  for (const reference of references ?? []) {
    const problem = moduleNameProblem(reference);
    if (problem) problems.push(`"references" has a name that ${problem}`);
  }
  const module = {
    ...{ line, references: references ?? null },
    name: text('module', moduleNameProblem) ?? '',
    application: text('application', (name) => textProblem(name, nameRule)),
    ownerTeam: text('owner team', (name) => textProblem(name, nameRule)),
    version: text('version', (version) => textProblem(version, shortRule)),
    kind:
      text('kind', (kind) => textProblem(kind, shortRule))
        ?.toLowerCase()
        .replace(/[\s_]+/g, '-') ?? null,
    published: said('published', answers),
    state: said('state', states),
  };
  const { published, state } = module;
  if (published !== null && state !== null && published === (state === 'not applicable')) {
    problems.push(`it is ${published ? '' : 'not '}published, and its state is ${state}`);
  }
  return problems.length > 0 ? { problems } : { module };
}

const shortRule: TextRule = { ...nameRule, most: 60 };

/** Nothing is prepared while a list is read: what is being prepared is pending. */
const states: ReadonlyMap<string, ModuleState> = new Map(
  (['pending', 'prepared', 'failed', 'skipped', 'not applicable'] as const).map((state) => [state, state]),
);

const answers: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'true', '1'].map((word) => [word, true] as const),
  ...['no', 'false', '0'].map((word) => [word, false] as const),
]);

/** As one line; undefined: it is no text. Whole numbers are texts that lack their quotes; another number may have lost digits. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** Small, with one blank between words. */
function wordsOf(value: unknown): string {
  return String(value)
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}

/** Null: not given. Undefined: it is no list of names. */
function namesOf(value: unknown): readonly string[] | null | undefined {
  if (value === undefined) return null;
  if (typeof value === 'string') return value.split(/[,;|\n]/).flatMap((name) => name.trim() || []);
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) return undefined;
  return value.map((name) => name.trim());
}

function shown(value: unknown): string {
  return shortened(JSON.stringify(value) ?? '', 60);
}

/** The rows of a list of modules that is a JSON file: a list of objects. */
import { type Complaint, refused } from '../complaint.js';
import { parsedJson } from '../jsonText.js';
import { type Column, namedColumns, type Row } from './columns.js';

/** `file` names it in complaints. Never throws. */
export function jsonRows(
  text: string,
  file: string,
): { readonly rows: readonly Row[]; readonly complaints: readonly Complaint[] } {
  const parsed = parsedJson(text);
  if ('problem' in parsed) return { rows: [], complaints: [refused(file, parsed.problem, parsed.line)] };
  const { value } = parsed;
  if (!Array.isArray(value)) {
    return { rows: [], complaints: [refused(file, 'is no list; modules are listed as [{"module": "claims"}, …]')] };
  }
  const lines = entryLines(text);
  const read = value.map((entry: unknown, index) => rowOf(entry, lines[index] ?? 1, file));
  return {
    rows: read.flatMap(({ row }) => row ?? []),
    complaints: read.flatMap(({ complaints }) => complaints),
  };
}

function rowOf(
  entry: unknown,
  line: number,
  file: string,
): { readonly row?: Row; readonly complaints: readonly Complaint[] } {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return { complaints: [refused(file, 'a module is written as {"module": "claims"}', line)] };
  }
  const given = Object.entries(entry);
  const { columns, problems } = namedColumns(
    given.map(([key]) => key),
    'key',
  );
  if (problems.length > 0) return { complaints: problems.map((problem) => refused(file, problem, line)) };
  const values = given.flatMap(([, value], index): [Column, unknown][] => {
    const column = columns[index];
    return column === undefined || value === null || value === '' ? [] : [[column, value]];
  });
  return { row: { line, values: new Map(values) }, complaints: [] };
}

/** The lines on which the entries of a list begin, from 1. `text` is well-formed JSON. */
function entryLines(text: string): readonly number[] {
  const lines: number[] = [];
  let line = 1;
  let depth = 0;
  let begins = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '\n') line++;
    if (/\s/.test(character)) continue;
    if (begins && character !== ']') lines.push(line);
    begins = (depth === 0 && character === '[') || (depth === 1 && character === ',');
    if (character === '"') at = endOfText(text, at);
    if (character === '[' || character === '{') depth++;
    if (character === ']' || character === '}') depth--;
  }
  return lines;
}

/** The quote that ends what begins at `start`. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

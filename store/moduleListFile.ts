/** A list of modules as a file that people export from elsewhere: CSV or JSON. Read whole; every mistake in it is told at once. */
import fs from 'node:fs/promises';
import { type JoinedList, joinedList } from '../domain/modules/moduleList.js';
import { counted } from '../domain/text.js';
import { type Complaint, refused, warned } from './complaint.js';
import { decoded } from './decoded.js';
import type { Row } from './moduleList/columns.js';
import { csvRows } from './moduleList/csv.js';
import { readRow } from './moduleList/fields.js';
import { jsonRows } from './moduleList/json.js';

export interface CheckedList {
  /** Undefined when a complaint refuses it. */
  readonly list: Pick<JoinedList, 'modules' | 'units'> | undefined;
  /** In the order of the file; `file` is what it is called in them. */
  readonly complaints: readonly Complaint[];
}

const mostMegabytes = 32;
const mostModules = 50_000;

/** Never throws: a file that cannot be read is a complaint. */
export async function readModuleList(file: string): Promise<CheckedList> {
  try {
    const stats = await fs.stat(file);
    if (!stats.isFile()) return notRead(file, 'is no file');
    if (stats.size > mostMegabytes * 1024 * 1024) return notRead(file, `has more than ${mostMegabytes} MB`);
    return parseModuleList(await fs.readFile(file), file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return notRead(file, `cannot be read (${code})`);
  }
}

/** JSON where the name of the file or the first character says so, else CSV. Never throws, whatever the bytes are. */
export function parseModuleList(bytes: Uint8Array, file: string): CheckedList {
  const content = decoded(bytes);
  if ('brokenAt' in content)
    return notRead(file, 'is not UTF-8 from here on; save it in that encoding', content.brokenAt);
  const { text } = content;
  if (text.trim() === '') return notRead(file, 'is empty');
  const isJson = /\.json$/i.test(file) || /^\s*[[{]/.test(text);
  const { rows, complaints } = isJson ? jsonRows(text, file) : csvRows(text, file);
  if (rows.length + complaints.length === 0) return notRead(file, 'lists no module');
  if (rows.length > mostModules)
    return notRead(file, `lists ${counted(rows.length)} modules; ${counted(mostModules)} are the most`);
  return checkedRows(rows, complaints, file);
}

function checkedRows(rows: readonly Row[], complaints: readonly Complaint[], file: string): CheckedList {
  const read = rows.map((row) => ({ line: row.line, ...readRow(row) }));
  const modules = read.flatMap((row) => ('module' in row ? [row.module] : []));
  const { twins, external, ...list } = joinedList(modules);
  const refusals = [
    ...complaints,
    ...read.flatMap((row) =>
      'problems' in row ? row.problems.map((problem) => refused(file, problem, row.line)) : [],
    ),
    ...twins.map(({ line, text }) => refused(file, text, line)),
  ].toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
  // Of a row that is refused the name is not known: it may be what another one references.
  if (refusals.length > 0) return { list: undefined, complaints: refusals };
  return { list, complaints: external.map(({ line, text }) => warned(file, text, line)) };
}

function notRead(file: string, problem: string, line: number | null = null): CheckedList {
  return { list: undefined, complaints: [refused(file, problem, line)] };
}

/** The rows of a list of modules that is a CSV file: its first line names the columns. */
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { type Complaint, refused } from '../complaint.js';
import { type Column, namedColumns, type Row } from './columns.js';

/** `file` names it in complaints. Never throws. */
export function csvRows(
  text: string,
  file: string,
): { readonly rows: readonly Row[]; readonly complaints: readonly Complaint[] } {
  const records = recordsOf(text);
  if ('problem' in records) return { rows: [], complaints: [refused(file, records.problem, records.line)] };
  const [head, ...others] = records;
  if (!head) return { rows: [], complaints: [refused(file, 'says nothing; its first line names the columns')] };
  const { columns, problems } = namedColumns(head.cells, 'column');
  if (problems.length > 0) {
    return { rows: [], complaints: problems.map((problem) => refused(file, problem, head.line)) };
  }
  const isWhole = ({ cells }: CsvRecord) => cells.length === columns.length;
  return {
    rows: others.filter(isWhole).map((record) => rowOf(record, columns)),
    complaints: others
      .filter((record) => !isWhole(record))
      .map(({ line, cells }) => refused(file, widthText(cells, columns), line)),
  };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** One line end for all: the library counts lines, and takes those of two characters in quotes for two. */
function recordsOf(text: string): readonly CsvRecord[] | { readonly problem: string; readonly line: number | null } {
  const lines = text.replace(/\r\n?/g, '\n');
  try {
    const read = parse(lines, {
      delimiter: delimiterOf(lines),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    }) as unknown as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];
    return read.map(({ record, info }) => ({ line: info.lines - lineEndsIn(record), cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : null;
    return {
      problem: `cannot be read as CSV (${error.message}); a value with quotes stands in quotes, "a ""b"""`,
      line,
    };
  }
}

const delimiters = [',', ';', '\t'] as const;

/** The one that the first line, which names the columns, has most of. */
function delimiterOf(text: string): string {
  const [head = ''] = text.trimStart().split('\n', 1);
  const counts = delimiters.map((delimiter) => head.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** A record is told by the line it ends on. */
function lineEndsIn(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
}

/** An empty value is not given; a module whose references are empty has none. */
function rowOf({ line, cells }: CsvRecord, columns: readonly (Column | undefined)[]): Row {
  const values = new Map<Column, string>();
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? '';
    if (column !== undefined && (cell !== '' || column === 'references')) values.set(column, cell);
  }
  return { line, values };
}

function widthText(cells: readonly string[], columns: readonly unknown[]): string {
  return `has ${cells.length} values, and the first line names ${columns.length} columns; a value with a separator stands in quotes`;
}

/** How answers are written for people: columns, durations, counts, commands to type. */
import { stripVTControlCharacters } from 'node:util';

/** Columns as wide as their widest cell, two blanks apart; colours do not count. */
export function columns(rows: readonly (readonly string[])[]): string {
  const width = (cell: string) => stripVTControlCharacters(cell).length;
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  }
  const padded = (cell: string, index: number) => cell + ' '.repeat((widths[index] ?? 0) - width(cell));
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** Milliseconds as people say them: `45 s`, `3 min`, `1 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 module`, `3 modules`; null: nobody knows. */
export function counted(count: number | null, noun: string): string {
  return count === null ? `an unknown number of ${noun}s` : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12 prepared, 3 failed, 0 skipped`; what nobody knows is `unknown`. */
export function preparedText({
  prepared,
  failed,
  skipped,
}: {
  readonly prepared: number | null;
  readonly failed: number;
  readonly skipped: number | null;
}): string {
  return `${prepared ?? 'unknown'} prepared, ${failed} failed, ${skipped ?? 'unknown'} skipped`;
}

/** A word of a command line as it has to be typed. */
export function typed(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function indented(text: string, by = '  '): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : by + line))
    .join('\n');
}

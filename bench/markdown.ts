/** Figures as Markdown: tables, and one way to write each kind of number. */
import { type Spread, spread } from './statistics.js';

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const alignment = columns.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(columns), line(alignment), ...rows.map(line)].join('\n');
}

/** `milliseconds` as seconds: `2.57 s (2.50–2.90)`. */
export function seconds(milliseconds: readonly number[]): string {
  return written(spread(milliseconds), (value) => (value / 1000).toFixed(2), ' s');
}

/** `41 ms (38–52)` */
export function milliseconds(values: readonly number[]): string {
  return written(spread(values), (value) => value.toFixed(0), ' ms');
}

/** `1.17 (1.06–1.21)` */
export function ratio(values: readonly number[]): string {
  return written(spread(values), (value) => value.toFixed(value < 0.1 ? 3 : 2), '');
}

/** `of[i] / by[i]`: what was measured beside each other is compared with each other. */
export function ratios(of: readonly number[], by: readonly number[]): readonly number[] {
  return of.map((value, index) => value / (by[index] ?? Number.NaN));
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

function written({ median, least, greatest }: Spread, show: (value: number) => string, unit: string): string {
  const middle = `${show(median)}${unit}`;
  return show(least) === show(greatest) ? middle : `${middle} (${show(least)}–${show(greatest)})`;
}

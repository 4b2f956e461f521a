/** Repeated measurements in one line: the median, and how far they lie apart. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** Of an even number of values the mean of the middle two. Throws on none. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || least === undefined || greatest === undefined) {
    throw new RangeError('No measurement to summarise');
  }
  return { median: (low + high) / 2, least, greatest };
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('No measurement to take the mean of');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

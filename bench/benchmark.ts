/** What a benchmark is: it measures, and it says in Markdown what its measurements mean. */

export interface MeasureOptions {
  /** Fewer modules and rounds: to see that it works. The figures say little. */
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** Aborted by Ctrl-C: what was started is ended, and nothing is recorded. */
  readonly signal: AbortSignal;
}

export interface Benchmark<Data = unknown> {
  /** As `--only` takes it; its results are in `bench/results/<name>.json`. */
  readonly name: string;
  readonly title: string;
  readonly measure: (options: MeasureOptions) => Promise<Data>;
  readonly render: (data: Data) => string;
}

/** Rounds that are measured; the one before them only warms up. */
export function roundsOf({ quick }: MeasureOptions): number {
  return quick ? 2 : 5;
}

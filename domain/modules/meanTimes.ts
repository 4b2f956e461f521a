/** How fast a preparation was, in the mean over its modules (PREP-15). Moments are milliseconds since 1970, times milliseconds. */
import type { ModuleGraph } from './graph.js';
import type { ModuleName } from './module.js';

export interface MeanTimes {
  /** What groups took, those broken off too, shared by the modules with a verdict; null: there is none. */
  readonly perModule: number | null;
  /** From the start until all that a module consumes was prepared, over the modules that consume others; null: there is none. */
  readonly untilPublishable: number | null;
}

export interface TimedPreparation {
  readonly began: number;
  readonly groups: readonly { readonly began: number; readonly ended: number }[];
  /** The newest of each module that it took up. */
  readonly verdicts: readonly { readonly module: ModuleName; readonly at: number; readonly prepared: boolean }[];
}

export function meanTimes(graph: ModuleGraph, { began, groups, verdicts }: TimedPreparation): MeanTimes {
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.module, verdict]));
  const worked = groups.reduce((sum, group) => sum + group.ended - group.began, 0);

  /** Empty: it consumes nothing, or not all of that was prepared. What has no verdict here was prepared before. */
  const untilPublishable = ({ module }: { readonly module: ModuleName }): readonly number[] => {
    const consumed = graph.units.get(graph.unitOf.get(module) ?? '')?.producers ?? [];
    const producers = consumed.flatMap((unit) => graph.units.get(unit)?.members ?? []);
    const made = producers.flatMap((producer) => verdictOf.get(producer) ?? []);
    if (producers.length === 0 || made.some(({ prepared }) => !prepared)) return [];
    return [Math.max(began, ...made.map(({ at }) => at)) - began];
  };

  return {
    perModule: verdicts.length === 0 ? null : Math.round(worked / verdicts.length),
    untilPublishable: mean(verdicts.flatMap(untilPublishable)),
  };
}

function mean(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.round(times.reduce((sum, time) => sum + time, 0) / times.length);
}

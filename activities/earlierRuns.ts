/** What earlier upgrades of an infrastructure left as evidence: environments that are tested, and how long their steps took. */
import type { PlannedStep } from '../domain/plannedStep.js';
import type { MeasuredStep } from '../domain/stepDuration.js';
import { upgradedEnvironments } from '../store/evidence.js';
import type { Store } from '../store/store.js';
import type { Dependencies } from './dependencies.js';

/** Of the report of an environment's upgrade, what later plans are made from. */
interface Report {
  readonly to: string;
  /** How many front ends it has. */
  readonly frontEnds: number;
  readonly durations: Readonly<Record<string, number>>;
  readonly preparation: { readonly prepared: number; readonly failed: number; readonly skipped: number };
}

/**
 * Environments that were upgraded to the release and tested, and still run it: one that was taken back is not tested any more (PLAN-04).
 * With `plan` only those that this plan was applied to.
 */
export async function testedEnvironments(
  { store, platform }: Dependencies,
  infrastructure: string,
  to: string,
  plan?: string,
): Promise<readonly string[]> {
  const facts = await platform.inventory.environments();
  const running = new Set(facts.filter(({ serverRelease }) => serverRelease === to).map(({ name }) => name));
  const ended = await upgradedEnvironments<Report>(store, infrastructure);
  const tested = ended.filter(
    ({ environment, report, plan: applied }) =>
      report.to === to && running.has(environment) && (plan === undefined || plan === applied),
  );
  return [...new Set(tested.map(({ environment }) => environment))];
}

/** Oldest first (PLAN-01). */
export async function measuredSteps(store: Store, infrastructure: string): Promise<readonly MeasuredStep[]> {
  const ended = await upgradedEnvironments<Report>(store, infrastructure);
  return ended.flatMap(({ environment, report: { durations, preparation, frontEnds } }) => {
    const modules = preparation.prepared + preparation.failed + preparation.skipped;
    return Object.entries(durations).map(([step, milliseconds]) => ({
      environment,
      step: step as PlannedStep, // one that is no step of a plan is asked for by nobody
      milliseconds,
      modules,
      frontEnds,
    }));
  });
}

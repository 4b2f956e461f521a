/** What earlier upgrades of an infrastructure left as evidence: environments that are tested, and how long their steps took. */
import type { PlannedStep } from '../domain/plan/plannedStep.js';
import type { EndedUpgrade } from '../domain/plan/remaining.js';
import type { MeasuredStep } from '../domain/plan/stepDuration.js';
import { isOn } from '../domain/releases/version.js';
import { lastingUpgrades, upgradedEnvironments } from '../store/evidence.js';
import type { Store } from '../store/store.js';
import type { Dependencies } from './dependencies.js';

/** Of the report of an environment's upgrade, what later plans are made from. */
export interface Report {
  /** `acme#7` */
  readonly upgrade: string;
  readonly to: string;
  /** How many front ends it has. */
  readonly frontEnds: number;
  readonly durations: Readonly<Record<string, number>>;
  readonly preparation: { readonly prepared: number; readonly failed: number; readonly skipped: number };
  /** Null: the teams publish module by module. */
  readonly deployment: unknown;
  readonly acceptedModules: readonly string[];
  /** `outdated`: modules that did not run the target when it was tested; null: nobody can tell. Reports of older programs do not say. */
  readonly checks: { readonly outdated?: number | null };
}

interface Ended extends EndedUpgrade {
  readonly environment: string;
  readonly report: Report;
}

/** The upgrade that each environment saw last, unless it was taken back after it. */
export async function endedUpgrades(store: Store, infrastructure: string): Promise<readonly Ended[]> {
  const ended = await lastingUpgrades<Report>(store, infrastructure);
  return ended.map(({ environment, report }) => ({
    environment,
    report,
    tested: report.deployment !== null || report.checks.outdated === 0,
    acceptedModules: report.acceptedModules,
  }));
}

/**
 * Environments that were upgraded to the release and tested on it, and still run it (PLAN-04). One that was taken back is not tested,
 * also when it came to that release again in another way; nor is one whose tests met modules of the former release.
 */
export async function testedEnvironments(
  { store, platform }: Dependencies,
  infrastructure: string,
  to: string,
): Promise<readonly string[]> {
  const facts = await platform.inventory.environments(infrastructure);
  const running = new Set(facts.filter(({ serverRelease }) => isOn(serverRelease, to)).map(({ name }) => name));
  const ended = await endedUpgrades(store, infrastructure);
  return ended
    .filter(({ environment, report, tested }) => tested && isOn(report.to, to) && running.has(environment))
    .map(({ environment }) => environment);
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

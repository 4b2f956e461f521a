/** How long a step is expected to take: as measured before, here or in another environment, else a default (PLAN-01). */
import type { PlannedStep } from './plannedStep.js';

/** What a run measured. */
export interface MeasuredStep {
  readonly environment: string;
  readonly step: PlannedStep;
  readonly milliseconds: number;
  /** Of the environment, when it was measured. */
  readonly modules: number;
  readonly frontEnds: number;
}

export interface SizedEnvironment {
  readonly name: string;
  /** Null: unknown. */
  readonly modules: number | null;
  readonly frontEnds: number;
}

export interface ExpectedStep {
  readonly step: PlannedStep;
  readonly milliseconds: number;
  readonly basis: DurationBasis;
}

export type DurationBasis =
  | { readonly kind: 'measured'; readonly environment: string }
  /** Nobody has measured this step yet. */
  | { readonly kind: 'default' };

/**
 * `measured`: oldest first; the newest of the same environment counts, else the newest of any. It is scaled by what makes the step
 * long: modules, front ends, or nothing. Where that is unknown, it takes as long as it did, and the default has no time for it.
 */
export function expectedStep(
  step: PlannedStep,
  environment: SizedEnvironment,
  measured: readonly MeasuredStep[],
): ExpectedStep {
  const ofStep = measured.flatMap((one) => {
    const size = sizeFor(step, one);
    return one.step === step && size !== null && size > 0 ? [{ ...one, size }] : [];
  });
  const found = ofStep.findLast((one) => one.environment === environment.name) ?? ofStep.at(-1);
  if (!found) return { step, milliseconds: defaultFor(step, environment), basis: { kind: 'default' } };
  const size = sizeFor(step, environment) ?? found.size;
  const milliseconds = Math.round((found.milliseconds * size) / found.size);
  return { step, milliseconds, basis: { kind: 'measured', environment: found.environment } };
}

interface DefaultDuration {
  readonly per: 'module' | 'front end' | 'step';
  /** Milliseconds. */
  readonly each: number;
  /** Milliseconds whatever the size. */
  readonly fixed: number;
}

const second = 1000;
const minute = 60 * second;

/**
 * Used until something was measured: estimates of ours, on the long side, so that the first forecast errs towards a window that is too
 * long. One environment's run replaces them for all that follow.
 */
const defaultDurations: Readonly<Record<PlannedStep, DefaultDuration>> = {
  closing: { per: 'step', each: 0, fixed: minute },
  snapshot: { per: 'step', each: 0, fixed: 15 * minute },
  server: { per: 'front end', each: 10 * minute, fixed: 20 * minute },
  /** The controller and the parts that are not front ends go with the first half. */
  'first half': { per: 'front end', each: 5 * minute, fixed: 20 * minute },
  'second half': { per: 'front end', each: 5 * minute, fixed: 0 },
  preparation: { per: 'module', each: 10 * second, fixed: 2 * minute },
  deployment: { per: 'module', each: 5 * second, fixed: 2 * minute },
  tests: { per: 'step', each: 0, fixed: 15 * minute },
  'traffic switch': { per: 'step', each: 0, fixed: minute },
  opening: { per: 'step', each: 0, fixed: minute },
};

function defaultFor(step: PlannedStep, environment: SizedEnvironment): number {
  const { each, fixed } = defaultDurations[step];
  return fixed + each * (sizeFor(step, environment) ?? 0);
}

/** Null: unknown. */
function sizeFor(
  step: PlannedStep,
  { modules, frontEnds }: Pick<SizedEnvironment, 'modules' | 'frontEnds'>,
): number | null {
  switch (defaultDurations[step].per) {
    case 'module':
      return modules;
    case 'front end':
      return frontEnds;
    case 'step':
      return 1;
  }
}

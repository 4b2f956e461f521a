/** What going back costs, said before the start, and from when on it loses data (LIVE-04, LIVE-05). */
import type { PlannedStep, PlannedStrategy } from '../plan/plannedStep.js';
import type { ExpectedStep } from '../plan/stepDuration.js';

export interface RollbackCost {
  /** A rollback loses nothing before this step starts. */
  readonly pointOfNoReturn: PlannedStep;
  /** One sentence: what it loses before and after. */
  readonly loses: string;
  /** What it is expected to take, in milliseconds. */
  readonly milliseconds: number;
}

/**
 * With users kept out nobody writes between the snapshot and the opening. Otherwise they do so from the snapshot on, and going back
 * to it loses that.
 */
export function rollbackCost(strategy: PlannedStrategy, steps: readonly ExpectedStep[]): RollbackCost {
  const milliseconds = rollbackTime(steps);
  switch (strategy) {
    case 'downtime':
      return {
        pointOfNoReturn: 'opening',
        loses: 'Nothing until users are let in; then what they have written since.',
        milliseconds,
      };
    case 'in place':
    case 'zero downtime':
      return {
        pointOfNoReturn: stepAfterSnapshot(steps),
        loses: 'What users and developers have written since the snapshot, which is taken first.',
        milliseconds,
      };
  }
}

/** Closing, writing the snapshot back (as long as taking it), tests, opening. */
function rollbackTime(steps: readonly ExpectedStep[]): number {
  const expected = (step: PlannedStep) => steps.find((one) => one.step === step)?.milliseconds ?? 0;
  return expected('closing') + expected('snapshot') + expected('tests') + expected('opening');
}

function stepAfterSnapshot(steps: readonly ExpectedStep[]): PlannedStep {
  const snapshot = steps.findIndex(({ step }) => step === 'snapshot');
  return steps[snapshot + 1]?.step ?? 'tests';
}

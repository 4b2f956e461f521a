/** Steps that people can repair: what failed for good is shown at a gate, and done again when somebody says so (EXEC-01). */
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';
import type { ErrorCode } from '../../domain/errors.js';
import { rejected } from './approval.js';
import type { UpgradeRun } from './upgradeRun.js';

/** Somebody else has the environment: no repair gives it back. */
const taken: ErrorCode = 'ENVIRONMENT_HELD';

/**
 * Does `step`, which is idempotent, until it succeeds. `gate`: where its failure waits for people: a retry, or an approval, does it
 * again; a rejection ends the run. What ends the run itself, a stop or a cancellation, is no failure of the step.
 */
export async function repairable<T>(run: UpgradeRun, gate: string, step: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      const asks = [
        `${failure.type ?? 'It failed'}: ${failure.message}`,
        'Repair that and send retry, which does it again; reject ends the upgrade, rollback takes it back',
      ];
      const outcome = await run.open(gate, asks, { canRetry: true, repair: true });
      if (outcome.kind === 'rejected') throw rejected(run, gate, outcome);
    }
  }
}

/** Why an activity, of the run or of a child, failed for good; undefined for anything that people cannot repair here. */
function failureOf(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return undefined;
  let cause = error;
  while (cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) cause = cause.cause;
  return cause instanceof ApplicationFailure && cause.type !== taken ? cause : undefined;
}

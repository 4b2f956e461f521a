/** Gates without another way on: approved, or the run ends. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { GateOptions, GateOutcome } from './gate.js';
import type { UpgradeRun } from './upgradeRun.js';

/** Who approved. */
export async function approved(
  run: UpgradeRun,
  gate: string,
  asks: readonly string[],
  options?: GateOptions,
): Promise<readonly string[]> {
  const outcome = await run.open(gate, asks, options);
  if (outcome.kind !== 'approved') throw rejected(gate, outcome);
  return outcome.approvers;
}

export function rejected(gate: string, outcome: GateOutcome): ApplicationFailure {
  const by = outcome.kind === 'rejected' ? `${outcome.by}: ${outcome.reason}` : 'nobody';
  return ApplicationFailure.nonRetryable(
    `The gate ${gate} was rejected by ${by}. Start again when that is settled`,
    'GATE_REJECTED',
  );
}

/** Gates without another way on: approved, or the run ends. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { GateOutcome } from './gate.js';
import type { UpgradeRun } from './upgradeRun.js';

/** Who approved. `toAccept`: what each of them has to accept by name. */
export async function approved(
  run: UpgradeRun,
  gate: string,
  asks: readonly string[],
  toAccept: readonly string[] = [],
): Promise<readonly string[]> {
  const outcome = await run.open(gate, asks, { toAccept });
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

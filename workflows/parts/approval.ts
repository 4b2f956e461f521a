/** Gates without another way on: approved, or the run ends. */
import { ApplicationFailure } from '@temporalio/workflow';
import { whatOpensTheDoor } from '../../domain/goLive/door.js';
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
  if (outcome.kind !== 'approved') throw rejected(run, gate, outcome);
  return outcome.approvers;
}

export function rejected(run: UpgradeRun, gate: string, outcome: GateOutcome): ApplicationFailure {
  const by = outcome.kind === 'rejected' ? `${outcome.by}: ${outcome.reason}` : 'nobody';
  const next = run.keepsUsersOut() ? `Users stay out: ${whatOpensTheDoor}` : 'Start again when that is settled';
  return ApplicationFailure.nonRetryable(`The gate ${gate} was rejected by ${by}. ${next}`, 'GATE_REJECTED');
}

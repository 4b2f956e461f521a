/**
 * Going live with downtime (LIVE-01): users are kept out, a snapshot is taken, everything is upgraded and tested behind the closed
 * door, then the go-live approval opens it. A rollback before the opening loses nothing.
 */

import { ApplicationFailure, allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import { ids } from '../contract/ids.js';
import type { SnapshotResult, TestsResult } from '../contract/reports.js';
import { inputs } from '../domain/messages/message.js';
import { deployedDigest, planOf, sealEnvironment } from './activities.js';
import { rejected } from './parts/approval.js';
import { goLiveGate } from './parts/gate.js';
import { held } from './parts/hold.js';
import { accepted } from './parts/refusal.js';
import { undoing } from './parts/undo.js';
import { type UpgradeRun, upgradeRun } from './parts/upgradeRun.js';
import { windowOf } from './parts/window.js';
import { keepUsersOut, letUsersBack } from './steps/closing.js';
import type { StepContext } from './steps/context.js';
import { letUsersIn } from './steps/opening.js';
import { snapshotOf } from './steps/snapshot.js';
import { allSteps, bringToRelease, type StepsReport, stepsOf } from './steps/steps.js';
import { testAgain } from './steps/tests.js';

export interface GoLiveReport extends StepsReport {
  /** `acme#7` */
  readonly upgrade: string;
  readonly snapshot: SnapshotResult;
  /** Milliseconds that this run kept users out. */
  readonly downtime: number;
  readonly durations: Readonly<Record<string, number>>;
  /** Who approved what, as `gate: approver`. */
  readonly approvals: readonly string[];
}

export async function goLive(input: unknown): Promise<GoLiveReport> {
  const request = accepted(inputs.goLive.check(input));
  assertPartOfUpgrade(request);
  const { infrastructure, environment, upgrade, requestedBy = 'unknown' } = request;
  const run = upgradeRun(request);
  const { plan, expected } = await planOf.executeWithOptions({ summary: 'read the approved plan' }, [
    { hash: request.plan, environment },
  ]);
  run.planned({
    upgrade,
    hash: request.plan,
    to: request.to,
    gates: plan.gates,
    summary: `${plan.from} to ${plan.to}`,
    steps: plan.steps,
    expected,
  });
  const hold = await held(infrastructure, environment, request.to);
  const place = { infrastructure, environment };
  const within = windowOf(run, plan, 'ask people');
  const began = { place, upgrade, hash: request.plan, plan, expected, within, hold, requestedBy };

  await windowOf(run, plan, 'wait')('closing', allSteps(expected));
  const closed = Date.now();
  const snapshot = await undoing(async (undo) => {
    undo(() => letUsersBack(began));
    await keepUsersOut(run, began, closed + allSteps(expected));
    run.step('snapshot');
    return snapshotOf(run, began);
  });

  const context = { ...began, since: snapshot.takenAt };
  const steps = await bringToRelease(run, context);
  const checks = await untilTestedIsApproved(run, context, steps.checks, snapshot);
  await letUsersIn(run, context);
  const downtime = Date.now() - closed;
  run.step('done');
  await condition(allHandlersFinished);
  const durations = stepsOf(plan, run.durations());
  return { ...steps, checks, upgrade, snapshot, downtime, durations, approvals: run.approvals() };
}

/** Whoever starts it by hand has no hold, no window and no approval: only the upgrade of its environment has. */
function assertPartOfUpgrade({ infrastructure, environment }: { infrastructure: string; environment: string }): void {
  const upgrade = ids.upgradeEnvironment(infrastructure, environment);
  if (workflowInfo().parent?.workflowId === upgrade) return;
  throw ApplicationFailure.nonRetryable(
    `goLive is a part of ${upgrade} and is started by it alone. Start upgradeEnvironment, for example ${inputs.upgradeEnvironment.example}`,
    'INPUT_INVALID',
  );
}

/**
 * What was tested is what is let in: from the tests to the opening nothing changes there, the approval is bound to what is deployed, and
 * that is looked at once more before the door opens. `retry` goes back to the tests, so that something can be repaired.
 */
async function untilTestedIsApproved(
  run: UpgradeRun,
  context: StepContext,
  tested: TestsResult,
  snapshot: SnapshotResult,
): Promise<TestsResult> {
  const { place, hold: token } = context;
  const seal = async (sealed: boolean) => {
    // What nobody drives nobody here can seal: what was tested is not known either.
    if (checks.tested === null) return;
    await sealEnvironment.executeWithOptions(
      { summary: sealed ? 'nothing changes any more' : 'changes are possible again' },
      [{ ...place, token, sealed }],
    );
  };
  let checks = tested;
  for (;;) {
    const again = await undoing(async (undo) => {
      undo(() => seal(false));
      await seal(true);
      const why = await whyNotYet(run, context, checks, snapshot);
      if (why !== undefined) await seal(false);
      return why;
    });
    if (again === undefined) return checks;
    checks = await testAgain(run, context, again);
  }
}

/** Undefined: users may be let in. */
async function whyNotYet(
  run: UpgradeRun,
  { place, plan }: StepContext,
  { checked, failures, tested }: TestsResult,
  { takenAt, rows }: SnapshotResult,
): Promise<string | undefined> {
  run.step(goLiveGate);
  if (plan.gates.some(({ name }) => name === goLiveGate)) {
    const asks = [
      `${plan.name} runs ${plan.to} behind the closed door: ${checked - failures} of ${checked} hot points answer well`,
      `Opening lets users in. A rollback before loses nothing that they wrote; afterwards it loses what they write (snapshot of ${takenAt}${rows === null ? '' : `, ${rows} rows`})`,
      'Send retry to go back to the tests, for a repair. Reject ends the upgrade and leaves users out until it is started again or taken back',
    ];
    const outcome = await run.open(goLiveGate, asks, { canRetry: true, ...(tested === null ? {} : { tested }) });
    if (outcome.kind === 'rejected') throw rejected(run, goLiveGate, outcome);
    if (outcome.kind === 'retry') return 'Taken back from its go live for a repair';
  }
  if (tested === null) return undefined;
  const deployed = await deployedDigest.executeWithOptions({ summary: 'is it what was tested?' }, [place]);
  return deployed === tested ? undefined : 'What is deployed has changed since the tests';
}

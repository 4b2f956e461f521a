/**
 * Going live with downtime (LIVE-01): users are kept out, a snapshot is taken, everything is upgraded and tested behind the closed
 * door, then the go-live approval opens it. A rollback before the opening loses nothing.
 */
import { allHandlersFinished, condition } from '@temporalio/workflow';
import { inputs } from '../domain/message.js';
import type { Snapshot } from '../platform/port.js';
import { closeDoor, openDoor, planOf } from './activities.js';
import { approved } from './parts/approval.js';
import { goLiveGate } from './parts/gate.js';
import { accepted } from './parts/refusal.js';
import { snapshotOf } from './parts/snapshot.js';
import { allSteps, bringToRelease, type StepsReport, stepsOf } from './parts/steps.js';
import { undoing } from './parts/undo.js';
import { upgradeRun } from './parts/upgradeRun.js';
import { windowOf } from './parts/window.js';

export interface GoLiveReport extends StepsReport {
  readonly snapshot: Snapshot;
  /** Milliseconds that users were kept out. */
  readonly downtime: number;
  readonly durations: Readonly<Record<string, number>>;
  /** Who approved what, as `gate: approver`. */
  readonly approvals: readonly string[];
}

export async function goLive(input: unknown): Promise<GoLiveReport> {
  const request = accepted(inputs.goLive.check(input));
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
  });
  const hold = Number(request.hold);
  const door = { environment, token: hold };

  await windowOf(run, plan, 'wait')('closing', allSteps(expected));
  const closed = Date.now();
  const snapshot = await undoing(async (undo) => {
    undo(() => openDoor.executeWithOptions({ summary: 'let users in again: nothing was changed' }, [door]));
    await closeDoor.executeWithOptions({ summary: 'keep users out' }, [door]);
    run.step('snapshot');
    return snapshotOf({ infrastructure, environment, id: upgrade, token: hold });
  });

  const within = windowOf(run, plan, 'ask people');
  const steps = await bringToRelease(run, {
    infrastructure,
    upgrade,
    plan,
    expected,
    within,
    hold,
    since: snapshot.takenAt,
    requestedBy,
  });
  run.step(goLiveGate);
  const asks = [
    `${environment} runs ${request.to} behind the closed door: ${steps.checks.checked - steps.checks.failures} of ${steps.checks.checked} hot points answer well`,
    `Opening lets users in. A rollback before loses nothing; afterwards it loses what they write (snapshot of ${snapshot.takenAt}, ${snapshot.rows} rows)`,
  ];
  if (plan.gates.some(({ name }) => name === goLiveGate)) await approved(run, goLiveGate, asks);
  run.step('opening');
  await openDoor.executeWithOptions({ summary: 'let users in' }, [door]);
  const downtime = Date.now() - closed;
  run.step('done');
  await condition(allHandlersFinished);
  return { ...steps, snapshot, downtime, durations: stepsOf(plan, run.durations()), approvals: run.approvals() };
}

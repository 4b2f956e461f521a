/**
 * Taking an environment back to its snapshot (LIVE-05). It is always allowed, in a closed window and in a freeze too; where users have
 * written since, it asks first, with what they would lose. The environment's token comes before anything else, so that whatever the
 * upgrade still does is refused; then the upgrade is cancelled and waited for, as long as that is reasonable.
 */

import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { RollbackReadiness } from '../activities/rollback.js';
import type { RollbackReport } from '../contract/reports.js';
import { environmentAttributes, releaseKey, stepKey } from '../contract/searchAttributes.js';
import { inputs } from '../domain/messages/message.js';
import {
  checkApplications,
  closeDoor,
  endWorkflows,
  holdForRollback,
  openDoor,
  recordRollback,
  releaseEnvironment,
  restoreSnapshot,
  rollbackReadiness,
} from './activities.js';
import { type RunStatus, status } from './messages.js';
import { approvalToSend, missingApprovals, rollbackDetails } from './parts/details.js';
import { type GateOutcome, gates } from './parts/gate.js';
import { accepted } from './parts/refusal.js';
import { refusals } from './parts/refusals.js';
import { worksOn } from './parts/worksOn.js';
import { toldRollback } from './toldRollback.js';

export async function rollback(input: unknown): Promise<RollbackReport> {
  const request = accepted(inputs.rollback.check(input));
  const { infrastructure, environment, requestedBy, reason } = request;
  const place = { infrastructure, environment };
  const run = rollbackRun(request);

  const readiness = await rollbackReadiness.executeWithOptions(
    { summary: `what would taking ${environment} back lose?` },
    [{ infrastructure, environment }],
  );
  if (readiness.kind === 'told') return toldRollback(request, readiness);
  const approvals = await approvedLoss(run, readiness);

  const started = Date.now();
  run.step('taking over');
  const { hold, snapshot, hotPoints } = await holdForRollback.executeWithOptions(
    { summary: `take ${environment} over` },
    [request],
  );
  const { token } = hold;
  upsertSearchAttributes([{ key: releaseKey, value: snapshot.release }]);
  await endWorkflows.executeWithOptions({ summary: 'cancel what works on it, and wait' }, [
    { workflowIds: worksOn(infrastructure, environment), reason: `${environment} is taken back by ${requestedBy}` },
  ]);
  run.step('closing');
  const why = `it is taken back to ${snapshot.release}: ${reason}`;
  await closeDoor.executeWithOptions({ summary: 'keep users out' }, [
    { ...place, token, reason: why, forRollback: true },
  ]);
  run.step('restoring');
  const restored = await restoreSnapshot.executeWithOptions(
    { summary: `restore ${snapshot.id} of ${snapshot.takenAt}` },
    [{ ...place, id: snapshot.id, token }],
  );
  run.step('tests');
  const { checked, failures } = await checkApplications.executeWithOptions({ summary: 'hot points' }, [
    { ...place, hotPoints, since: hold.since, release: snapshot.release },
  ]);
  run.step('opening');
  await openDoor.executeWithOptions({ summary: 'let users in' }, [{ ...place, token }]);
  const report = {
    ...{ environment, requestedBy, reason, snapshot, restored, approvals },
    duration: Date.now() - started,
    hotPoints: { checked, failures },
  };
  await CancellationScope.nonCancellable(async () => {
    await releaseEnvironment.executeWithOptions({ summary: `let go of ${environment}` }, [{ ...place, token }]);
    await recordRollback.executeWithOptions({ summary: 'record as evidence' }, [
      { infrastructure, environment, report },
    ]);
  });
  run.step('done');
  await condition(allHandlersFinished);
  return report;
}

/** Who approved the loss. Nothing is asked where users lose nothing. Throws `GATE_REJECTED`, with nothing changed. */
async function approvedLoss(
  run: RollbackRun,
  { snapshot, loss, asks, plan }: RollbackReadiness,
): Promise<readonly string[]> {
  if (loss.rows === 0 || !asks) return [];
  run.step('rollback');
  const outcome = await run.open(snapshot.id, plan, [
    `Going back to ${snapshot.release}, as it was at ${snapshot.takenAt}, loses ${loss.rows} rows that were written from ${loss.from} to ${loss.to}, and what is written until then. A copy of them is kept`,
    'Nothing is touched before somebody approves; reject leaves everything as it is',
  ]);
  if (outcome.kind === 'approved') return outcome.approvers;
  const by = outcome.kind === 'rejected' ? `${outcome.by}: ${outcome.reason}` : 'nobody';
  throw ApplicationFailure.nonRetryable(
    `The rollback was rejected by ${by}. Nothing was changed; uplift rollback asks again`,
    'GATE_REJECTED',
  );
}

interface RollbackRun {
  readonly step: (name: string) => void;
  readonly open: (upgrade: string, plan: string, asks: readonly string[]) => Promise<GateOutcome>;
}

/** Registers every handler. A rollback is not paused and not stopped: it ends, or is cancelled. */
function rollbackRun(request: {
  readonly infrastructure: string;
  readonly environment: string;
  readonly requestedBy: string;
  readonly reason: string;
}): RollbackRun {
  const { infrastructure, environment } = request;
  let step = 'readiness';
  let upgrade = '';
  const show = () =>
    setCurrentDetails(
      rollbackDetails({
        ...request,
        step,
        gate: waiting.waiting(),
        refusals: refused.all(),
        token: workflowInfo().runId,
      }),
    );
  const refused = refusals(() => upgrade || null, show);
  const waiting = gates(
    () => ({ upgrade, environment }),
    () => false,
    show,
    refused.refuse,
  );
  setHandler(status, (): RunStatus => {
    const gate = waiting.waiting();
    return {
      step,
      target: null,
      gate: gate && {
        name: gate.question.gate,
        approvalsMissing: missingApprovals(gate),
        asks: [...gate.asks, ...gate.standing.notes],
        approve: approvalToSend(gate, workflowInfo().runId),
      },
      paused: null,
      refusals: refused.all().newest,
    };
  });
  upsertSearchAttributes([...environmentAttributes(infrastructure, environment), { key: stepKey, value: step }]);
  show();
  return {
    step: (name) => {
      step = name;
      upsertSearchAttributes([{ key: stepKey, value: name }]);
      show();
    },
    open: (of, plan, asks) => {
      upgrade = of;
      // Asked anew each time: who approved an earlier rollback approved what was lost then.
      const options = { about: [`since ${Date.now()}`, ...asks] };
      return waiting.open('rollback', { infrastructure, environment, upgrade, plan }, asks, options);
    },
  };
}

/**
 * The upgrade of one environment (EXEC-01, TEST-01): its plan is approved and its start; inside its window it is held, kept aside,
 * upgraded and tested; Production goes live behind a closed door.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  executeChild,
  ParentClosePolicy,
} from '@temporalio/workflow';
import type { PlannedEnvironment } from '../activities/planning.js';
import { inputs, type UpgradeEnvironmentInput } from '../domain/message.js';
import type { Snapshot } from '../platform/port.js';
import { endUpgrade, holdEnvironment, planEnvironment, releaseEnvironment, takeSnapshot } from './activities.js';
import { type GoLiveReport, goLive } from './goLive.js';
import { ids } from './ids.js';
import { accepted } from './parts/refusal.js';
import { approved, bringToRelease, type StepsReport } from './parts/steps.js';
import { type UpgradeRun, upgradeRun } from './parts/upgradeRun.js';
import { withinWindow } from './parts/window.js';

export interface EnvironmentReport extends StepsReport {
  readonly upgrade: string;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly outcome: 'upgraded' | 'upgraded, with modules left';
  readonly snapshot: Snapshot;
  /** Milliseconds from the start to the end of the tests, and those that users were kept out. */
  readonly duration: number;
  readonly downtime: number;
  /** Who approved what. */
  readonly approvals: readonly string[];
}

export async function upgradeEnvironment(input: unknown): Promise<EnvironmentReport> {
  const request = accepted(inputs.upgradeEnvironment.check(input));
  const { environment } = request;
  const run = upgradeRun(request);

  const planned = await planEnvironment.executeWithOptions({ summary: `plan ${environment} to ${request.to}` }, [
    request,
  ]);
  run.planned(planned);
  const approvals: string[] = [];
  if (!planned.approved) approvals.push(...named('plan', await approved(run, 'plan', planned.asks, planned.toHandle)));
  if (planned.plan.gates.some(({ name }) => name === 'start')) {
    approvals.push(
      ...named(
        'start',
        await approved(run, 'start', [`${environment} from ${planned.plan.from} to ${request.to} is about to start`]),
      ),
    );
  }
  await withinWindow(run, planned.plan, planned.work);

  const started = Date.now();
  const { token: hold } = await holdEnvironment.executeWithOptions({ summary: `hold ${environment}` }, [
    { environment, release: request.to },
  ]);
  const steps = await upgrade(run, request, planned, hold);
  run.step('done');
  const left = steps.preparation.failed + steps.preparation.skipped > 0 || steps.deployment?.fullyUpgraded === false;
  const report: EnvironmentReport = {
    ...steps,
    upgrade: planned.upgrade,
    environment,
    from: planned.plan.from,
    to: request.to,
    outcome: left ? 'upgraded, with modules left' : 'upgraded',
    duration: Date.now() - started,
    approvals: [...approvals, ...steps.approvals],
  };
  await CancellationScope.nonCancellable(async () => {
    await releaseEnvironment.executeWithOptions({ summary: `let go of ${environment}` }, [
      { environment, token: hold },
    ]);
    await endUpgrade.executeWithOptions({ summary: `end of ${planned.upgrade} in ${environment}` }, [
      { upgrade: planned.upgrade, plan: planned.hash, environment, report },
    ]);
  });
  await condition(allHandlersFinished);
  return report;
}

type Steps = StepsReport & {
  readonly snapshot: Snapshot;
  readonly downtime: number;
  readonly approvals: readonly string[];
};

/**
 * In place, front end by front end, or behind a closed door. An upgrade that ends on the way leaves the environment held: nothing
 * else may work on it until the upgrade is started again and goes on, or a rollback takes over.
 */
async function upgrade(
  run: UpgradeRun,
  request: UpgradeEnvironmentInput,
  planned: PlannedEnvironment,
  hold: number,
): Promise<Steps> {
  const { infrastructure, environment, requestedBy = 'unknown' } = request;
  switch (planned.plan.strategy) {
    case 'in place': {
      const since = new Date(Date.now()).toISOString();
      run.step('snapshot');
      const snapshot = await takeSnapshot.executeWithOptions({ summary: `snapshot of ${environment}` }, [
        { infrastructure, environment, id: planned.upgrade, token: hold },
      ]);
      const steps = await bringToRelease(run, { infrastructure, plan: planned.plan, hold, since, requestedBy });
      return { ...steps, snapshot, downtime: 0, approvals: [] };
    }
    case 'downtime':
    case 'zero downtime': {
      run.step('go live');
      const report = await goLiveBelow(run, request, planned, hold);
      return { ...report, approvals: named('go live', report.approvers) };
    }
  }
}

/** A child, so that its gates and its door have a run of their own; cancelled with its parent. */
async function goLiveBelow(
  run: UpgradeRun,
  request: UpgradeEnvironmentInput,
  planned: PlannedEnvironment,
  hold: number,
): Promise<GoLiveReport> {
  const { infrastructure, environment, to, requestedBy } = request;
  const workflowId = ids.goLive(infrastructure, environment);
  const input = {
    infrastructure,
    environment,
    to,
    plan: planned.hash,
    upgrade: planned.upgrade,
    hold: String(hold),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
  return run.forwarding(workflowId, () =>
    executeChild(goLive, {
      workflowId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: `Go live of ${environment}, behind a closed door`,
    }),
  );
}

function named(gate: string, approvers: readonly string[]): string[] {
  return approvers.map((approver) => `${gate}: ${approver}`);
}

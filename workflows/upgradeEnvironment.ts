/**
 * The upgrade of one environment (EXEC-01, TEST-01): its plan is approved and its start; inside its window it is held, kept aside,
 * upgraded and tested; Production goes live behind a closed door.
 */
import { ApplicationFailure, allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { PlannedEnvironment } from '../activities/planning.js';
import { ids } from '../contract/ids.js';
import type { SnapshotResult } from '../contract/reports.js';
import { inputs, type UpgradeEnvironmentInput } from '../domain/messages/message.js';
import { endUpgrade, planEnvironment, releaseEnvironment } from './activities.js';
import { type GoLiveReport, goLive } from './goLive.js';
import { approved } from './parts/approval.js';
import { held } from './parts/hold.js';
import { accepted } from './parts/refusal.js';
import { startedBy } from './parts/startedBy.js';
import { startOrJoin } from './parts/startOrJoin.js';
import { type UpgradeRun, upgradeRun } from './parts/upgradeRun.js';
import { type WithinWindow, windowOf } from './parts/window.js';
import { snapshotOf } from './steps/snapshot.js';
import { allSteps, bringToRelease, type StepsReport, stepsOf } from './steps/steps.js';

export interface EnvironmentReport extends StepsReport {
  readonly upgrade: string;
  /** Hash of the plan it followed. */
  readonly plan: string;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  /** `nothing to do`: the rest is the report of the upgrade that left nothing. */
  readonly outcome: 'upgraded' | 'upgraded, with modules left' | 'nothing to do';
  readonly snapshot: SnapshotResult;
  /** Milliseconds from the start to the end of the tests, and those for which users were kept out or nothing served them. */
  readonly duration: number;
  readonly downtime: number;
  /** How many it has. */
  readonly frontEnds: number;
  /** Milliseconds of work by step: neither gates nor pauses count. */
  readonly durations: Readonly<Record<string, number>>;
  /** Who approved what, as `gate: approver`. */
  readonly approvals: readonly string[];
}

export async function upgradeEnvironment(input: unknown): Promise<EnvironmentReport> {
  const request = accepted(inputs.upgradeEnvironment.check(input));
  const { environment } = request;
  const run = upgradeRun(request);

  const planned = await planEnvironment.executeWithOptions({ summary: `plan ${environment} to ${request.to}` }, [
    { ...request, ...startedBy(), now: Date.now() },
  ]);
  run.planned({ ...planned, steps: planned.plan.steps, expected: planned.expected });
  if (planned.already) {
    run.step('done', `nothing to do: ${environment} runs ${planned.to} already, with its applications, and was tested`);
    await condition(allHandlersFinished);
    return { ...(planned.already as EnvironmentReport), outcome: 'nothing to do' };
  }
  if (!planned.approved) await approved(run, 'plan', planned.asks);
  if (planned.plan.gates.some(({ name }) => name === 'start')) {
    const asks = [
      `${environment} from ${planned.plan.from} to ${planned.to} is about to start`,
      ...planned.asks.slice(1),
    ];
    await approved(run, 'start', asks);
  }
  const within = windowOf(run, planned.plan, 'wait');
  await within('start', allSteps(planned.expected));

  const started = Date.now();
  const steps = await upgrade({ run, request, planned, within });
  run.step('done');
  const left =
    steps.preparation.failed + (steps.preparation.skipped ?? 0) > 0 || steps.deployment?.fullyUpgraded === false;
  const { hold, ...reported } = steps;
  const report: EnvironmentReport = {
    ...reported,
    upgrade: planned.upgrade,
    plan: planned.hash,
    environment,
    from: planned.plan.from,
    to: planned.to,
    outcome: left ? 'upgraded, with modules left' : 'upgraded',
    duration: Date.now() - started,
    approvals: [...run.approvals(), ...steps.approvals],
    frontEnds: planned.plan.frontEnds.length,
  };
  await CancellationScope.nonCancellable(async () => {
    await releaseEnvironment.executeWithOptions({ summary: `let go of ${environment}` }, [
      { infrastructure: request.infrastructure, environment, token: hold },
    ]);
    await endUpgrade.executeWithOptions({ summary: `end of ${planned.upgrade} in ${environment}` }, [
      { upgrade: planned.upgrade, plan: planned.hash, environment, report },
    ]);
  });
  await condition(allHandlersFinished);
  return report;
}

type Steps = StepsReport & {
  /** The token under which the environment is held at the end. */
  readonly hold: number;
  readonly snapshot: SnapshotResult;
  readonly durations: Readonly<Record<string, number>>;
  readonly approvals: readonly string[];
};

interface Upgraded {
  readonly run: UpgradeRun;
  readonly request: UpgradeEnvironmentInput;
  readonly planned: PlannedEnvironment;
  readonly within: WithinWindow;
}

/**
 * In place, front end by front end, or behind a closed door. An upgrade that ends on the way leaves the environment held: nothing
 * else may work on it until the upgrade is started again and goes on, or a rollback takes over.
 */
async function upgrade(upgraded: Upgraded): Promise<Steps> {
  const { run, request, planned, within } = upgraded;
  const { infrastructure, environment, requestedBy = 'unknown' } = request;
  const hold = await held(infrastructure, environment, planned.to);
  switch (planned.plan.strategy) {
    case 'in place': {
      await within('snapshot', planned.expected.snapshot ?? 0);
      const place = { infrastructure, environment };
      const { hash, plan, expected, upgrade } = planned;
      const began = { place, upgrade, hash, plan, expected, within, hold, requestedBy };
      const snapshot = await snapshotOf(run, began);
      const steps = await bringToRelease(run, { ...began, since: snapshot.takenAt });
      run.step('done');
      return { ...steps, hold, snapshot, durations: stepsOf(plan, run.durations()), approvals: [] };
    }
    case 'downtime':
    case 'zero downtime': {
      run.step('go live');
      const report = await goLiveBelow(upgraded);
      return { ...report, hold: await held(infrastructure, environment, planned.to) };
    }
  }
}

/** A part of the upgrade, with gates and a door of its own; cancelled with it. It takes the hold anew, under a token of its own. */
async function goLiveBelow({ run, request, planned }: Upgraded): Promise<GoLiveReport> {
  const { infrastructure, environment, requestedBy } = request;
  const { upgrade, hash: plan, to } = planned;
  const workflowId = ids.goLive(infrastructure, environment);
  const input = {
    infrastructure,
    environment,
    to,
    plan,
    upgrade,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
  const summary = `Go live of ${environment}, behind a closed door`;
  for (;;) {
    const outcome = await run.forwarding(workflowId, () =>
      startOrJoin({ workflow: goLive, workflowId, input, summary, part: true }),
    );
    if (outcome.kind === 'completed' && outcome.report.upgrade === upgrade) return outcome.report;
    if (outcome.kind === 'completed') continue;
    throw ApplicationFailure.nonRetryable(
      `The go live of ${environment} was ended by somebody. Start the upgrade again: it goes on from there`,
      'STOPPED',
    );
  }
}

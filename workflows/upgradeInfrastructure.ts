/**
 * The upgrade of an infrastructure in four phases (PHASE-01): analysis and preparation, planning, then execution and testing of one
 * environment after the other, in the order of the approved plan. An environment is done only when tested; the next waits for that.
 */
import { ApplicationFailure, allHandlersFinished, condition } from '@temporalio/workflow';
import { ids } from '../contract/ids.js';
import { inputs, type UpgradeInfrastructureInput } from '../domain/messages/message.js';
import { endUpgrade, planUpgrade } from './activities.js';
import { approved } from './parts/approval.js';
import { accepted } from './parts/refusal.js';
import { startedBy } from './parts/startedBy.js';
import { startOrJoin } from './parts/startOrJoin.js';
import { type UpgradeRun, upgradeRun } from './parts/upgradeRun.js';
import { type EnvironmentReport, upgradeEnvironment } from './upgradeEnvironment.js';

export interface InfrastructureReport {
  /** Null: there was nothing to do, and nobody was asked. */
  readonly upgrade: string | null;
  readonly infrastructure: string;
  readonly to: string;
  readonly plan: string;
  readonly planApprovers: readonly string[];
  readonly environments: readonly EnvironmentReport[];
  /** Environments that were on the target, with their applications, and tested: nothing was done there. */
  readonly already: readonly string[];
}

export async function upgradeInfrastructure(input: unknown): Promise<InfrastructureReport> {
  const request = accepted(inputs.upgradeInfrastructure.check(input));
  const run = upgradeRun(request);

  run.step('analysis');
  const planned = await planUpgrade.executeWithOptions({ summary: `analyse and plan ${request.infrastructure}` }, [
    { ...request, ...startedBy(), now: Date.now() },
  ]);
  const { infrastructure } = request;
  const { to, hash: plan, already } = planned;
  if (planned.kind === 'nothing to do') {
    run.step(
      'done',
      `nothing to do: ${already.join(', ')} run ${to} already, with their applications, and were tested`,
    );
    await condition(allHandlersFinished);
    return { upgrade: null, infrastructure, to, plan, planApprovers: [], environments: [], already };
  }
  run.step('planning');
  run.planned({ ...planned, steps: planned.order.map(executionOf) });
  const planApprovers = await approved(run, 'plan', planned.asks);

  const environments: EnvironmentReport[] = [];
  for (const environment of planned.order) {
    run.step(executionOf(environment));
    await run.clear();
    environments.push(await upgradeOne(run, request, environment, to, plan));
  }
  const report = { upgrade: planned.upgrade, infrastructure, to, plan, planApprovers, environments, already };
  await endUpgrade.executeWithOptions({ summary: `end of ${planned.upgrade}` }, [
    { upgrade: planned.upgrade, plan, report },
  ]);
  run.step('done');
  await condition(allHandlersFinished);
  return report;
}

/** Started, or joined when somebody has started it with the same plan; execution and testing are its two halves. */
async function upgradeOne(
  run: UpgradeRun,
  request: UpgradeInfrastructureInput,
  environment: string,
  to: string,
  plan: string,
): Promise<EnvironmentReport> {
  const workflowId = ids.upgradeEnvironment(request.infrastructure, environment);
  const input = {
    infrastructure: request.infrastructure,
    environment,
    to,
    plan,
    ...(request.requestedBy === undefined ? {} : { requestedBy: request.requestedBy }),
  };
  const summary = `Upgrade ${environment}`;
  const outcome = await run.forwarding(workflowId, () =>
    startOrJoin({ workflow: upgradeEnvironment, workflowId, input, summary }),
  );
  if (outcome.kind === 'cancelled') throw notUpgraded(environment, 'was cancelled or rolled back');
  if (outcome.kind === 'completed' && outcome.report.plan === plan) return outcome.report;
  throw notUpgraded(
    environment,
    outcome.kind === 'completed' ? 'followed another plan' : `ended without bringing it to ${to}`,
  );
}

function executionOf(environment: string): string {
  return `execution of ${environment}`;
}

function notUpgraded(environment: string, how: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The upgrade of ${environment} ${how}: the environments after it were not touched. Start again, the plan goes on where it is`,
    'ENVIRONMENT_NOT_UPGRADED',
  );
}

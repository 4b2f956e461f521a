/**
 * The upgrade of one environment (EXEC-01): the plan is approved; the server, Service Center and System Components are upgraded
 * (SELF-01); the modules are prepared in the background; failures are repaired or accepted; everything is deployed; the hot points
 * are checked (TEST-01).
 */
import { ApplicationFailure, allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { Planned } from '../activities/planning.js';
import { inputs, type UpgradeEnvironmentInput } from '../domain/message.js';
import type { DeploymentReport, PreparationReport } from '../platform/port.js';
import {
  checkHotPoints,
  endUpgrade,
  holdEnvironment,
  installFrontEnd,
  installPart,
  planEnvironment,
  releaseEnvironment,
} from './activities.js';
import { deployAll, prepareAll } from './parts/applications.js';
import { accepted } from './parts/refusal.js';
import { type UpgradeRun, upgradeRun } from './parts/upgradeRun.js';

export interface EnvironmentReport {
  readonly upgrade: string;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly outcome: 'upgraded' | 'upgraded, with modules left';
  readonly preparation: PreparationReport;
  /** Null: the teams publish module by module. */
  readonly deployment: DeploymentReport | null;
  readonly acceptedModules: readonly string[];
  readonly hotPoints: { readonly checked: number; readonly failures: number };
}

export async function upgradeEnvironment(input: unknown): Promise<EnvironmentReport> {
  const request = accepted(inputs.upgradeEnvironment.check(input));
  const run = upgradeRun(request);

  const planned = await planEnvironment.executeWithOptions(
    { summary: `plan ${request.environment} to ${request.to}` },
    [request],
  );
  run.planned(planned);
  await approved(run, 'plan', planAsks(planned));

  const { token } = await holdEnvironment.executeWithOptions({ summary: `hold ${request.environment}` }, [
    { environment: request.environment, release: request.to },
  ]);
  if (planned.plan.steps.includes('server')) await upgradeServer(run, request, planned, token);
  try {
    const { preparation, acceptedModules } = await prepareApplications(run, request);
    const deployment = planned.plan.steps.includes('deployment') ? await deployApplications(run, request) : null;
    const hotPoints = await test(run, request);
    const left = preparation.failed + preparation.skipped > 0 || deployment?.fullyUpgraded === false;
    const report: EnvironmentReport = {
      upgrade: planned.upgrade,
      environment: request.environment,
      from: planned.plan.from,
      to: request.to,
      outcome: left ? 'upgraded, with modules left' : 'upgraded',
      preparation,
      deployment,
      acceptedModules,
      hotPoints,
    };
    await endUpgrade.executeWithOptions({ summary: `end of ${planned.upgrade}` }, [{ result: report }]);
    run.step('done');
    return report;
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await releaseEnvironment.executeWithOptions({ summary: `let go of ${request.environment}` }, [
        { environment: request.environment, token },
      ]);
      await condition(allHandlersFinished);
    });
  }
}

/**
 * Front ends one after the other, so that the others serve; then the parts that count as one server with them. An environment
 * whose server step is interrupted stays held: nothing else may work on it until the upgrade is started again and goes on.
 */
async function upgradeServer(
  run: UpgradeRun,
  { environment, to }: UpgradeEnvironmentInput,
  { plan }: Planned,
  token: number,
): Promise<void> {
  run.step('server');
  for (const frontEnd of plan.frontEnds) {
    await run.clear();
    await installFrontEnd.executeWithOptions({ activityId: `install-${frontEnd}`, summary: `${frontEnd} to ${to}` }, [
      { environment, frontEnd, release: to, token },
    ]);
  }
  for (const part of ['server', 'service center', 'system components'] as const) {
    await run.clear();
    await installPart.executeWithOptions({ summary: `${part} to ${to}` }, [{ environment, part, release: to, token }]);
  }
}

/** Prepares until nothing failed, or until people accept what did (PREP-08, PREP-11). */
async function prepareApplications(
  run: UpgradeRun,
  request: UpgradeEnvironmentInput,
): Promise<{ preparation: PreparationReport; acceptedModules: readonly string[] }> {
  for (;;) {
    run.step('preparation');
    await run.clear();
    const preparation = await prepareAll(applicationsOf(request), run);
    if (preparation.failed + preparation.skipped === 0) return { preparation, acceptedModules: [] };
    run.step('applications');
    const outcome = await run.open('applications', applicationsAsk(preparation), {
      canRetry: true,
      toAccept: preparation.failures.map(({ module }) => module),
    });
    if (outcome.kind === 'rejected') throw rejected('applications', outcome);
    if (outcome.kind === 'approved') return { preparation, acceptedModules: outcome.accepted };
  }
}

async function deployApplications(run: UpgradeRun, request: UpgradeEnvironmentInput): Promise<DeploymentReport> {
  run.step('deployment');
  await run.clear();
  const { infrastructure, environment, requestedBy } = applicationsOf(request);
  return deployAll({ infrastructure, environment, requestedBy }, run);
}

/** An environment is done only when tested; a failed check waits for people. */
async function test(run: UpgradeRun, request: UpgradeEnvironmentInput): Promise<{ checked: number; failures: number }> {
  for (;;) {
    run.step('tests');
    await run.clear();
    const { checked, failures, failed } = await checkHotPoints.executeWithOptions({ summary: 'check the hot points' }, [
      { environment: request.environment },
    ]);
    if (failures === 0) return { checked, failures };
    const asks = [
      `${failures} of ${checked} hot points fail`,
      ...failed.map(({ path, problem }) => `${path}: ${problem}`),
    ];
    const outcome = await run.open('tests', asks, { canRetry: true });
    if (outcome.kind === 'rejected') throw rejected('tests', outcome);
    if (outcome.kind === 'approved') return { checked, failures };
  }
}

async function approved(run: UpgradeRun, gate: string, asks: readonly string[]): Promise<void> {
  const outcome = await run.open(gate, asks);
  if (outcome.kind === 'rejected') throw rejected(gate, outcome);
}

function rejected(gate: string, { by, reason }: { by: string; reason: string }): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The gate ${gate} was rejected by ${by}: ${reason}. Start again when that is settled`,
    'GATE_REJECTED',
  );
}

function applicationsOf({ infrastructure, environment, to, requestedBy }: UpgradeEnvironmentInput) {
  return { infrastructure, environment, release: to, requestedBy: requestedBy ?? 'upgrade' };
}

function planAsks({ upgrade, plan, warnings }: Planned): string[] {
  return [`${upgrade}: ${plan.environment} from ${plan.from} to ${plan.to}: ${plan.steps.join(', ')}`, ...warnings];
}

function applicationsAsk({ prepared, failed, skipped, failures }: PreparationReport): string[] {
  return [
    `${prepared} modules prepared successfully, ${failed} modules failed and ${skipped} modules skipped`,
    ...failures.map(({ module, problem }) => `${module}: ${problem}`),
    'Publish fixes and send retry; or approve, accepting the failed modules by name, with a reason',
  ];
}

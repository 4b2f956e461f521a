/** The steps that bring an environment to a release, whoever takes them: its upgrade in place, or its go live behind a closed door. */
import type { EnvironmentToDrive, ExpectedDurations } from '../../activities/planning.js';
import type { ToolsReport } from '../../activities/tools.js';
import { isOn } from '../../domain/releases/version.js';
import type { DeploymentReport } from '../../port/deployment.js';
import type { PreparationReport } from '../../port/preparation.js';
import {
  checkApplications,
  installFrontEnd,
  installPart,
  newestPreparation,
  recordTools,
  returnToTraffic,
} from '../activities.js';
import { deployAll, prepareAll } from './applications.js';
import { rejected } from './approval.js';
import { repairable } from './repairable.js';
import { undoing } from './undo.js';
import type { UpgradeRun } from './upgradeRun.js';
import type { WithinWindow } from './window.js';

/** What the steps need to know; `hold` is the environment's token, under which every effect stands. */
export interface StepContext {
  readonly infrastructure: string;
  /** Its number. */
  readonly upgrade: string;
  /** Of the plan. */
  readonly hash: string;
  readonly plan: EnvironmentToDrive;
  readonly expected: ExpectedDurations;
  readonly within: WithinWindow;
  readonly hold: number;
  /** ISO 8601 UTC, on the platform's clock: errors logged from then on are looked at. */
  readonly since: string;
  readonly requestedBy: string;
}

export interface StepsReport {
  /** Null: nobody has to, for the server was upgraded before or no developers are described. */
  readonly tools: ToolsReport | null;
  readonly preparation: PreparationReport;
  /** Null: the teams publish module by module. */
  readonly deployment: DeploymentReport | null;
  readonly acceptedModules: readonly string[];
  readonly checks: ChecksReport;
  /** Milliseconds for which the environment's only front end was replaced: nobody could work. */
  readonly downtime: number;
}

export interface ChecksReport {
  readonly checked: number;
  readonly failures: number;
  readonly newErrors: number;
  /** Modules that did not run the target when it was tested. */
  readonly outdated: number;
  /** Tests that people looked at themselves. */
  readonly signed: readonly string[];
  /** Digest of what was deployed when it was tested. */
  readonly tested: string;
}

/** Asks only when the server step has failed; no plan decides about it. */
const serverGate = 'server';

/** Server, development tools, applications, tests: in the order of the upgrade guide (EXEC-01). */
export async function bringToRelease(run: UpgradeRun, context: StepContext): Promise<StepsReport> {
  const withServer = context.plan.steps.includes('server');
  const downtime = withServer ? await upgradeServer(run, context) : 0;
  const tools = withServer ? await toolsToInstall(run, context) : null;
  const { preparation, acceptedModules } = await prepareApplications(run, context);
  const deployment = await deployApplications(run, context);
  return { tools, preparation, deployment, acceptedModules, checks: await test(run, context), downtime };
}

/**
 * Front ends one after the other, so that the others serve; then the parts that count as one server with them (SELF-01). Gives the
 * milliseconds for which no other served.
 */
async function upgradeServer(run: UpgradeRun, context: StepContext): Promise<number> {
  const { plan, expected, within, hold: token } = context;
  const { name: environment, to: release } = plan;
  await within('server', expected.server ?? 0);
  const began = Date.now();
  for (const frontEnd of plan.frontEnds) {
    await repairable(run, serverGate, () => replaceFrontEnd(context, frontEnd));
  }
  const downtime = plan.frontEnds.length === 1 ? Date.now() - began : 0;
  for (const part of ['server', 'service center', 'system components'] as const) {
    await repairable(run, serverGate, async () => {
      await within('server', 0);
      await installPart.executeWithOptions({ summary: `${part} to ${release}` }, [
        { environment, part, release, token },
      ]);
    });
  }
  return downtime;
}

/** One that does not come up, or is cancelled on the way, gets requests again as soon as it serves: others may wait for it. */
async function replaceFrontEnd({ plan, within, hold: token }: StepContext, frontEnd: string): Promise<void> {
  const { name: environment, to: release } = plan;
  await within('server', 0);
  await undoing(async (undo) => {
    undo(() =>
      returnToTraffic.executeWithOptions({ summary: `${frontEnd} back into traffic` }, [
        { environment, frontEnd, token },
      ]),
    );
    await installFrontEnd.executeWithOptions(
      { activityId: `install-${frontEnd}`, summary: `${frontEnd} to ${release}` },
      [{ environment, frontEnd, release, token }],
    );
  });
}

/** Their machines are theirs: what they have to install is written down, and the upgrade goes on (EXEC-01). */
async function toolsToInstall(run: UpgradeRun, { upgrade, hash, plan }: StepContext): Promise<ToolsReport | null> {
  const { name: environment, developers } = plan;
  if (developers === 0) return null;
  run.step('tools');
  return recordTools.executeWithOptions({ summary: `${developers} developers have to install the tools` }, [
    { upgrade, plan: hash, environment },
  ]);
}

interface Prepared {
  readonly preparation: PreparationReport;
  readonly acceptedModules: readonly string[];
}

/** Prepares until nothing failed, or until people accept what did (PREP-08, PREP-11). */
async function prepareApplications(run: UpgradeRun, context: StepContext): Promise<Prepared> {
  const { plan, upgrade } = context;
  const before = await preparedBefore(run, context);
  if (before) return before;
  for (;;) {
    run.step('preparation');
    await run.clear();
    const scope = plan.applications === 'publish all' ? 'everything' : 'unfinished';
    const preparation = await repairable(run, 'applications', () =>
      prepareAll({ ...applicationsOf(context), release: plan.to, scope, upgrade }, run),
    );
    if (preparation === null) {
      await goingOn(run, 'The preparation');
      continue;
    }
    if (preparation.failed + preparation.skipped === 0) return { preparation, acceptedModules: [] };
    run.step('applications');
    const outcome = await run.open('applications', applicationsAsk(preparation), { canRetry: true });
    if (outcome.kind === 'rejected') throw rejected(run, 'applications', outcome);
    if (outcome.kind === 'approved') return { preparation, acceptedModules: asReported(outcome.accepted) };
  }
}

/** What an earlier run of this upgrade has prepared, and people have accepted as it is, is not done again. */
async function preparedBefore(run: UpgradeRun, { plan: { name, to } }: StepContext): Promise<Prepared | undefined> {
  const acceptedModules = await run.accepted('applications');
  if (!acceptedModules) return undefined;
  const preparation = await newestPreparation.executeWithOptions({ summary: `what is prepared in ${name}?` }, [
    { environment: name },
  ]);
  const stands =
    preparation !== null && isOn(preparation.release, to) && preparation.status !== 'running' && preparation.left === 0;
  return stands ? { preparation, acceptedModules: asReported(acceptedModules) } : undefined;
}

/** As many as a report bears: the approvals, which name all, are evidence. */
function asReported(modules: readonly string[]): readonly string[] {
  return modules.slice(0, 100);
}

async function deployApplications(run: UpgradeRun, context: StepContext): Promise<DeploymentReport | null> {
  switch (context.plan.applications) {
    case 'gradual':
      return null;
    case 'deploy all':
    case 'publish all': {
      const as = context.plan.applications === 'publish all' ? 'solution' : 'deploy all';
      for (;;) {
        await context.within('deployment', context.expected.deployment ?? 0);
        const deployment = await repairable(run, 'applications', () =>
          deployAll({ ...applicationsOf(context), as }, run),
        );
        if (deployment) return deployment;
        await goingOn(run, 'Deploy All');
      }
    }
  }
}

/** What somebody cancelled is gone on with when somebody says so. */
async function goingOn(run: UpgradeRun, what: string): Promise<void> {
  const asks = [`${what} was cancelled. Send retry to go on with what is left; reject ends the upgrade`];
  const outcome = await run.open('applications', asks, { canRetry: true, repair: true });
  if (outcome.kind === 'rejected') throw rejected(run, 'applications', outcome);
}

/** An environment is done only when tested; a failed check, a new kind of error or a test to sign waits for people (TEST-01). */
async function test(run: UpgradeRun, { hash, plan, since }: StepContext): Promise<ChecksReport> {
  for (;;) {
    run.step('tests');
    await run.clear();
    const { checked, failures, failed, newErrors, outdated, tested } = await repairable(run, 'tests', () =>
      checkApplications.executeWithOptions({ summary: 'hot points and error log' }, [
        { environment: plan.name, hotPoints: { plan: hash }, since, release: plan.to },
      ]),
    );
    const report = {
      checked,
      failures,
      newErrors: newErrors.length,
      outdated,
      signed: plan.tests,
      tested: tested ?? '',
    };
    const wrong = [
      ...failed.map(({ path, problem }) => `${path}: ${problem}`),
      ...newErrors.map(({ module, message, count }) => `${count} × ${module ?? 'platform'}: ${message}`),
      ...(tested === null ? ['What is deployed changed while it was tested'] : []),
    ];
    if (wrong.length + plan.tests.length === 0) return report;
    const asks = [
      `${checked - failures} of ${checked} hot points answer well, ${newErrors.length} kinds of errors are new`,
      ...wrong,
      ...(wrong.length > 0 ? ['Repair and send retry; or approve with a reason'] : []),
      ...plan.tests.map((name) => `To be signed: ${name}`),
    ];
    const outcome = await run.open('tests', asks, { canRetry: true, about: wrong, tested: report.tested });
    if (outcome.kind === 'rejected') throw rejected(run, 'tests', outcome);
    if (outcome.kind === 'approved') return report;
  }
}

/** Before users are let in somebody wants a repair, or something has changed: it may be published, then everything is tested again. */
export async function testAgain(run: UpgradeRun, context: StepContext, why: string): Promise<ChecksReport> {
  run.step('tests');
  const asks = [`${why}. Publish what is to be repaired, then send retry: it is tested again before it goes live`];
  const outcome = await run.open('tests', asks, { canRetry: true, repair: true });
  if (outcome.kind === 'rejected') throw rejected(run, 'tests', outcome);
  return test(run, context);
}

/** Milliseconds that all of them are expected to take. */
export function allSteps(expected: ExpectedDurations): number {
  return Object.values(expected).reduce((sum, milliseconds) => sum + milliseconds, 0);
}

/** Milliseconds of the plan's steps alone. */
export function stepsOf(
  { steps }: EnvironmentToDrive,
  durations: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(steps.map((step) => [step, durations[step] ?? 0]));
}

function applicationsOf({ infrastructure, plan, requestedBy }: StepContext) {
  return { infrastructure, environment: plan.name, requestedBy };
}

function applicationsAsk({ prepared, failed, skipped, failures }: PreparationReport): string[] {
  return [
    `${prepared} modules prepared successfully, ${failed} modules failed and ${skipped} modules skipped`,
    ...failures.map(({ module, problem }) => `${module}: ${problem}`),
    'Publish fixes and send retry; or approve, accepting the failed modules by name, with a reason',
  ];
}

/** The steps that bring an environment to a release, whoever takes them: its upgrade in place, or its go live behind a closed door. */
import type { EnvironmentToDrive, ExpectedDurations } from '../../activities/planning.js';
import type { ToolsReport } from '../../activities/tools.js';
import type { DeploymentResult, PreparationResult, TestsResult } from '../../contract/reports.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';
import { deployApplications } from './deployment.js';
import { prepareApplications } from './preparation.js';
import { upgradeServer } from './server.js';
import { testApplications } from './tests.js';
import { toolsToInstall } from './tools.js';

export interface StepsReport {
  /** Null: nobody has to, for the server was upgraded before or no developers are described. */
  readonly tools: ToolsReport | null;
  readonly preparation: PreparationResult;
  /** Null: the teams publish module by module. */
  readonly deployment: DeploymentResult | null;
  readonly acceptedModules: readonly string[];
  readonly checks: TestsResult;
  /** Milliseconds for which the environment's only front end was replaced: nobody could work. */
  readonly downtime: number;
}

/** Server, development tools, applications, tests: in the order of the upgrade guide (EXEC-01). */
export async function bringToRelease(run: UpgradeRun, context: StepContext): Promise<StepsReport> {
  const withServer = context.plan.steps.includes('server');
  const downtime = withServer ? await upgradeServer(run, context) : 0;
  const tools = withServer ? await toolsToInstall(run, context) : null;
  const { preparation, acceptedModules } = await prepareApplications(run, context);
  const deployment = await deployApplications(run, context);
  return { tools, preparation, deployment, acceptedModules, checks: await testApplications(run, context), downtime };
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

/** Deploy All, or everything as one solution (DEP-01, APPS-02); nothing where the teams publish gradually. */
import type { DeploymentResult } from '../../contract/reports.js';
import { providerOf } from '../../domain/infrastructure/provider.js';
import { deployAll } from '../parts/applications.js';
import { done } from '../parts/deed.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import { goingOn } from './cancelled.js';
import { applicationsOf, type StepContext } from './context.js';
import { countFields, countsOf, countsProblem } from './counts.js';

export async function deployApplications(run: UpgradeRun, context: StepContext): Promise<DeploymentResult | null> {
  switch (context.plan.applications) {
    case 'gradual':
      return null;
    case 'deploy all':
    case 'publish all':
      await context.within('deployment', context.expected.deployment ?? 0);
      return providerOf(context.plan, 'deployment').kind === 'embedded'
        ? deployedAll(run, context)
        : toldDeployment(run, context);
  }
}

async function deployedAll(run: UpgradeRun, context: StepContext): Promise<DeploymentResult> {
  const as = context.plan.applications === 'publish all' ? 'solution' : 'deploy all';
  for (;;) {
    const deployment = await repairable(run, 'applications', () => deployAll({ ...applicationsOf(context), as }, run));
    if (deployment) return deployment;
    await goingOn(run, 'Deploy All');
    await context.within('deployment', context.expected.deployment ?? 0);
  }
}

/** By people, or by a program that says how it went. */
async function toldDeployment(run: UpgradeRun, context: StepContext): Promise<DeploymentResult> {
  const { place, plan } = context;
  const { environment } = place;
  const solution = plan.applications === 'publish all';
  const { told } = await done(run, context, {
    ...{ capability: 'deployment', step: 'deployment', subject: 'modules', gate: 'applications' },
    reason: solution ? 'APPS-02' : 'DEP-01',
    title: solution
      ? `Publish all modules of ${environment} as one solution`
      : `Deploy all prepared modules of ${environment}`,
    instructions: solution
      ? ['Publish a solution of all modules, correct what fails, and publish the whole again']
      : [
          'Deploy what was prepared, in Service Center under Upgrades; it goes on by itself',
          'When it has ended read how many were deployed',
        ],
    evidence: countFields('deployed'),
    problem: countsProblem,
  });
  const { done: deployed, failed, skipped, failedModules } = countsOf(told, 'deployed');
  return {
    ...{ release: plan.to, deployed, failed, skipped, fullyUpgraded: failed + (skipped ?? 0) === 0 },
    notDeployed: failedModules.slice(0, 10).map((module) => ({ module, reason: 'as was told' })),
  };
}

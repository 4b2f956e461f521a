/** Deploy All, or everything as one solution (DEP-01, APPS-02); nothing where the teams publish gradually. */
import type { DeploymentReport } from '../../port/deployment.js';
import { deployAll } from '../parts/applications.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import { goingOn } from './cancelled.js';
import type { StepContext } from './context.js';
import { applicationsOf } from './context.js';

export async function deployApplications(run: UpgradeRun, context: StepContext): Promise<DeploymentReport | null> {
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

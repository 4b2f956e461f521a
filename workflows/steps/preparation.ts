/** Modules preparation, until nothing failed or people accept what did (PREP-08, PREP-11). */

import { isOn } from '../../domain/releases/version.js';
import type { PreparationReport } from '../../port/preparation.js';
import { newestPreparation } from '../activities.js';
import { prepareAll } from '../parts/applications.js';
import { rejected } from '../parts/approval.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import { goingOn } from './cancelled.js';
import type { StepContext } from './context.js';
import { applicationsOf } from './context.js';

interface Prepared {
  readonly preparation: PreparationReport;
  readonly acceptedModules: readonly string[];
}

/** Prepares until nothing failed, or until people accept what did (PREP-08, PREP-11). */
export async function prepareApplications(run: UpgradeRun, context: StepContext): Promise<Prepared> {
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
async function preparedBefore(run: UpgradeRun, { place, plan: { to } }: StepContext): Promise<Prepared | undefined> {
  const acceptedModules = await run.accepted('applications');
  if (!acceptedModules) return undefined;
  const preparation = await newestPreparation.executeWithOptions(
    { summary: `what is prepared in ${place.environment}?` },
    [place],
  );
  const stands =
    preparation !== null && isOn(preparation.release, to) && preparation.status !== 'running' && preparation.left === 0;
  return stands ? { preparation, acceptedModules: asReported(acceptedModules) } : undefined;
}

/** As many as a report bears: the approvals, which name all, are evidence. */
function asReported(modules: readonly string[]): readonly string[] {
  return modules.slice(0, 100);
}

function applicationsAsk({ prepared, failed, skipped, failures }: PreparationReport): string[] {
  return [
    `${prepared} modules prepared successfully, ${failed} modules failed and ${skipped} modules skipped`,
    ...failures.map(({ module, problem }) => `${module}: ${problem}`),
    'Publish fixes and send retry; or approve, accepting the failed modules by name, with a reason',
  ];
}

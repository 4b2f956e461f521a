/** Modules preparation, until nothing failed or people accept what did (PREP-08, PREP-11). */
import type { PreparationResult } from '../../contract/reports.js';
import { providerOf } from '../../domain/infrastructure/provider.js';
import { isOn } from '../../domain/releases/version.js';
import { newestPreparation, recordPreparation } from '../activities.js';
import { prepareAll } from '../parts/applications.js';
import { rejected } from '../parts/approval.js';
import { done } from '../parts/deed.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import { goingOn } from './cancelled.js';
import { applicationsOf, type StepContext } from './context.js';
import { countFields, countsOf, countsProblem } from './counts.js';

interface Prepared {
  readonly preparation: PreparationResult;
  readonly acceptedModules: readonly string[];
}

/** Prepares until nothing failed, or until people accept what did (PREP-08, PREP-11). */
export async function prepareApplications(run: UpgradeRun, context: StepContext): Promise<Prepared> {
  const before = await preparedBefore(run, context);
  if (before) return before;
  for (let attempt = 1; ; attempt++) {
    run.step('preparation');
    await run.clear();
    const preparation = await prepared(run, context, attempt);
    if (preparation === null) {
      await goingOn(run, 'The preparation');
      continue;
    }
    if (preparation.failed + (preparation.skipped ?? 0) === 0) return { preparation, acceptedModules: [] };
    run.step('applications');
    const outcome = await run.open('applications', applicationsAsk(preparation), {
      canRetry: true,
      mayChange: true,
      failed: { names: preparation.failures.map(({ module }) => module), count: preparation.failed },
    });
    if (outcome.kind === 'rejected') throw rejected(run, 'applications', outcome);
    if (outcome.kind === 'approved') return { preparation, acceptedModules: asReported(outcome.accepted) };
  }
}

/** Null: somebody cancelled it. */
function prepared(run: UpgradeRun, context: StepContext, attempt: number): Promise<PreparationResult | null> {
  const { plan, upgrade } = context;
  if (providerOf(plan, 'preparation').kind !== 'embedded') return toldPreparation(run, context, attempt);
  const scope = plan.applications === 'publish all' ? 'everything' : 'unfinished';
  return repairable(run, 'applications', () =>
    prepareAll({ ...applicationsOf(context), release: plan.to, scope, upgrade }, run),
  );
}

/** By people, or by a program that says how it went; failed modules are kept by name, for they are accepted by name. */
async function toldPreparation(run: UpgradeRun, context: StepContext, attempt: number): Promise<PreparationResult> {
  const { place, plan } = context;
  const { environment } = place;
  const { told } = await done(run, context, {
    ...{ capability: 'preparation', step: 'preparation', gate: 'applications', reason: 'PREP-01' },
    subject: 'modules',
    title: `Prepare the modules of ${environment} for ${plan.to}`,
    instructions: [
      `Start the modules preparation of ${environment}, which its upgrade offers; it goes on by itself`,
      'When it has ended read in Service Center how many were prepared, failed and were skipped, and which failed',
    ],
    evidence: countFields('prepared'),
    problem: countsProblem,
    again: attempt === 1 ? null : 'a retry was asked for at the gate applications',
  });
  const { done: count, failed, skipped, failedModules } = countsOf(told, 'prepared');
  await recordPreparation.executeWithOptions({ summary: `${failed} modules failed` }, [
    { ...place, release: plan.to, failed: failedModules },
  ]);
  return {
    ...{ release: plan.to, prepared: count, failed, skipped, left: null },
    failures: failedModules.slice(0, 10).map((module) => ({ module, problem: 'as was told' })),
  };
}

/** What an earlier run of this upgrade has prepared, and people have accepted as it is, is not done again. */
async function preparedBefore(run: UpgradeRun, context: StepContext): Promise<Prepared | undefined> {
  const { place, plan } = context;
  if (providerOf(plan, 'preparation').kind !== 'embedded') return undefined;
  const acceptedModules = await run.accepted('applications');
  if (!acceptedModules) return undefined;
  const preparation = await newestPreparation.executeWithOptions(
    { summary: `what is prepared in ${place.environment}?` },
    [place],
  );
  const stands =
    preparation !== null &&
    isOn(preparation.release, plan.to) &&
    preparation.status !== 'running' &&
    preparation.left === 0;
  return stands ? { preparation, acceptedModules: asReported(acceptedModules) } : undefined;
}

/** As many as a report bears: the approvals, which name all, are evidence. */
function asReported(modules: readonly string[]): readonly string[] {
  return modules.slice(0, 100);
}

function applicationsAsk({ prepared, failed, skipped, failures }: PreparationResult): string[] {
  const counted = (count: number | null, what: string) => `${count ?? 'an unknown number of'} modules ${what}`;
  return [
    `${counted(prepared, 'prepared successfully')}, ${failed} modules failed and ${counted(skipped, 'skipped')}`,
    ...failures.map(({ module, problem }) => `${module}: ${problem}`),
    'Publish fixes and send retry; or approve, accepting the failed modules by name, with a reason',
  ];
}

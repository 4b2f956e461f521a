/** Tests: hot points, new errors, and what people look at themselves (TEST-01). */
import type { TestsResult } from '../../contract/reports.js';
import { providerOf } from '../../domain/infrastructure/provider.js';
import { checkApplications } from '../activities.js';
import { rejected } from '../parts/approval.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';
import { type Found, toldTests } from './toldTests.js';

/** An environment is done only when tested; a failed check, a new kind of error or a test to sign waits for people (TEST-01). */
export async function testApplications(run: UpgradeRun, context: StepContext): Promise<TestsResult> {
  const { plan } = context;
  for (let attempt = 1; ; attempt++) {
    run.step('tests');
    await run.clear();
    const { wrong, ...found } = await tested(run, context, attempt);
    const report = { ...found, signed: plan.tests };
    if (wrong.length + plan.tests.length === 0) return report;
    const asks = [
      `${found.checked - found.failures} of ${found.checked} hot points answer well, ${found.newErrors} kinds of errors are new`,
      ...wrong,
      ...(wrong.length > 0 ? ['Repair and send retry; or approve with a reason'] : []),
      ...plan.tests.map((name) => `To be signed: ${name}`),
    ];
    const bound = found.tested === null ? {} : { tested: found.tested };
    const outcome = await run.open('tests', asks, { canRetry: true, mayChange: true, about: wrong, ...bound });
    if (outcome.kind === 'rejected') throw rejected(run, 'tests', outcome);
    if (outcome.kind === 'approved') return report;
  }
}

function tested(run: UpgradeRun, context: StepContext, attempt: number): Promise<Found> {
  const capabilities = ['hot points', 'error log'] as const;
  const driven = capabilities.every((capability) => providerOf(context.plan, capability).kind === 'embedded');
  return driven ? drivenTests(run, context) : toldTests(run, context, attempt);
}

async function drivenTests(run: UpgradeRun, { place, hash, plan, since }: StepContext): Promise<Found> {
  const { checked, failures, failed, newErrors, outdated, tested } = await repairable(run, 'tests', () =>
    checkApplications.executeWithOptions({ summary: 'hot points and error log' }, [
      { ...place, hotPoints: { plan: hash }, since, release: plan.to },
    ]),
  );
  const wrong = [
    ...failed.map(({ path, problem }) => `${path}: ${problem}`),
    ...newErrors.map(({ module, message, count }) => `${count} × ${module ?? 'platform'}: ${message}`),
    ...(tested === null ? ['What is deployed changed while it was tested'] : []),
  ];
  return { checked, failures, newErrors: newErrors.length, outdated, tested: tested ?? '', wrong };
}

/** Before users are let in somebody wants a repair, or something has changed: it may be published, then everything is tested again. */
export async function testAgain(run: UpgradeRun, context: StepContext, why: string): Promise<TestsResult> {
  run.step('tests');
  const asks = [`${why}. Publish what is to be repaired, then send retry: it is tested again before it goes live`];
  const outcome = await run.open('tests', asks, { canRetry: true, repair: true });
  if (outcome.kind === 'rejected') throw rejected(run, 'tests', outcome);
  return testApplications(run, context);
}

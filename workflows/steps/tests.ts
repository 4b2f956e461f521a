/** Tests: hot points, new errors, and what people look at themselves (TEST-01). */
import { checkApplications } from '../activities.js';
import { rejected } from '../parts/approval.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';

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

/** An environment is done only when tested; a failed check, a new kind of error or a test to sign waits for people (TEST-01). */
export async function testApplications(
  run: UpgradeRun,
  { place, hash, plan, since }: StepContext,
): Promise<ChecksReport> {
  for (;;) {
    run.step('tests');
    await run.clear();
    const { checked, failures, failed, newErrors, outdated, tested } = await repairable(run, 'tests', () =>
      checkApplications.executeWithOptions({ summary: 'hot points and error log' }, [
        { ...place, hotPoints: { plan: hash }, since, release: plan.to },
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
  return testApplications(run, context);
}

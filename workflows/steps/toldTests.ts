/** Tests where no platform is driven: pages are asked for by us, by people or by a program; the error log is looked at by somebody (TEST-01). */
import type { TestsResult } from '../../contract/reports.js';
import { providerOf } from '../../domain/infrastructure/provider.js';
import { checkHotPoints } from '../activities.js';
import { done, type Told } from '../parts/deed.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';

/** What was found; `wrong`: a sentence for each thing that is. */
export interface Found extends Omit<TestsResult, 'signed'> {
  readonly wrong: readonly string[];
}

export async function toldTests(run: UpgradeRun, context: StepContext, attempt: number): Promise<Found> {
  const points = await hotPoints(run, context, attempt);
  const errors = await newErrors(run, context, attempt);
  return { ...points, ...errors, wrong: [...points.wrong, ...errors.wrong], outdated: null, tested: null };
}

type Points = Pick<Found, 'checked' | 'failures' | 'wrong'>;

async function hotPoints(run: UpgradeRun, context: StepContext, attempt: number): Promise<Points> {
  const { place, hash, plan } = context;
  const checked = plan.hotPoints;
  if (checked === 0) return { checked, failures: 0, wrong: [] };
  if (providerOf(plan, 'hot points').kind === 'http') {
    const { failures, failed } = await repairable(run, 'tests', () =>
      checkHotPoints.executeWithOptions({ summary: 'hot points' }, [{ ...place, plan: hash }]),
    );
    return { checked, failures, wrong: failed.map(({ path, problem }) => `${path}: ${problem}`) };
  }
  const { told } = await done(run, context, {
    ...{ capability: 'hot points', step: 'tests', subject: 'hot points', gate: 'tests', reason: 'TEST-01' },
    title: `Look at the ${checked} hot points of ${place.environment}`,
    instructions: [
      'Open each page that the plan names, also while users are kept out, and look whether it answers as it should',
    ],
    evidence: [count('failures', 'How many do not answer as they should')],
    again: attempt === 1 ? null : 'it is tested again',
  });
  const failures = countIn(told, 'failures');
  const wrong =
    failures === 0 ? [] : [`${failures} of ${checked} hot points do not answer as they should, as was told`];
  return { checked, failures, wrong };
}

async function newErrors(
  run: UpgradeRun,
  context: StepContext,
  attempt: number,
): Promise<Pick<Found, 'newErrors' | 'wrong'>> {
  const { place, since } = context;
  const { told } = await done(run, context, {
    ...{ capability: 'error log', step: 'tests', subject: 'error log', gate: 'tests', reason: 'TEST-01' },
    title: `Look at the error log of ${place.environment}`,
    instructions: [`Look in Service Center for kinds of errors since ${since} that were not there before`],
    evidence: [count('newErrors', 'How many kinds of errors are new')],
    again: attempt === 1 ? null : 'it is tested again',
  });
  const found = countIn(told, 'newErrors');
  return { newErrors: found, wrong: found === 0 ? [] : [`${found} kinds of errors are new, as was told`] };
}

function count(name: string, description: string) {
  return { name, description, kind: 'number', required: true, least: 0, most: 100_000, whole: true } as const;
}

/** A program that tells nothing has found nothing. */
function countIn(told: Told, name: string): number {
  const value = told[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

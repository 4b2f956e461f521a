/** Whether an environment's applications work: its hot points, fetched the way a user would (TEST-01). */
import { UpliftError } from '../../domain/errors.js';
import type { HotPoint } from '../port.js';
import type { PlatformDatabase } from './database.js';

/** Milliseconds for one hot point. */
const limit = 10_000;

/** Fetched at a time: enough to be quick, few enough not to be a load test. */
const lanes = 4;

/** The infrastructure's hot points, in its order. Throws `ENVIRONMENT_UNKNOWN`, and what `signal` says when it is aborted. */
export async function hotPoints(
  database: PlatformDatabase,
  environment: string,
  signal: AbortSignal,
): Promise<readonly HotPoint[]> {
  const { paths, applicationsUrl } = await hotPointsOf(database, environment);
  const results: HotPoint[] = [];
  const waiting = paths.entries();
  const lane = async () => {
    for (const [index, path] of waiting) results[index] = await checkOne(applicationsUrl, path, signal);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function hotPointsOf(database: PlatformDatabase, environment: string) {
  const row = await database
    .selectFrom('environments')
    .innerJoin('infrastructures', 'infrastructures.name', 'environments.infrastructure')
    .select(['hot_points', 'balancer_port'])
    .where('environments.name', '=', environment)
    .executeTakeFirst();
  if (!row) throw new UpliftError('ENVIRONMENT_UNKNOWN', { what: `There is no environment ${environment}` });
  return { paths: JSON.parse(row.hot_points) as string[], applicationsUrl: `http://127.0.0.1:${row.balancer_port}` };
}

/** Throws only when `signal` is aborted. */
async function checkOne(applicationsUrl: string, path: string, signal: AbortSignal): Promise<HotPoint> {
  signal.throwIfAborted();
  const started = performance.now();
  const { status, problem } = await fetchHotPoint(applicationsUrl, path, signal);
  return { path, ok: problem === null, status, milliseconds: Math.round(performance.now() - started), problem };
}

async function fetchHotPoint(
  applicationsUrl: string,
  path: string,
  signal: AbortSignal,
): Promise<{ status: number; problem: string | null }> {
  const url = URL.canParse(path, applicationsUrl) ? new URL(path, applicationsUrl) : undefined;
  if (!path.startsWith('/') || url?.origin !== applicationsUrl) {
    return { status: 0, problem: 'a hot point is a path of the environment, as /claims/List' };
  }
  try {
    const late = AbortSignal.timeout(limit);
    // A redirect is an answer of its own: following it could end at a sign-in page and look well.
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.any([signal, late]) });
    return { status: response.status, problem: problemOf(response, await response.text()) };
  } catch (error) {
    signal.throwIfAborted();
    if ((error as Error).name === 'TimeoutError') return { status: 0, problem: `no answer within ${limit / 1000} s` };
    return { status: 0, problem: ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message };
  }
}

function problemOf(response: Response, body: string): string | null {
  if (response.status !== 200) return `status ${response.status}`;
  if (!response.headers.get('content-type')?.startsWith('text/html')) return 'the answer is no HTML';
  return body.trim() === '' ? 'the page is empty' : null;
}

/** Whether an environment's applications work: its hot points, fetched as a user would, also behind the closed door (TEST-01). */
import { UpliftError } from '../../domain/errors.js';
import type { HotPoint } from '../../port/checks.js';
import type { PlatformDatabase } from './database.js';
import { environmentSecrets } from './environmentSecrets.js';

/** Milliseconds for one hot point. */
const limit = 10_000;

/** Milliseconds for all of them, below the quarter of an hour of the activity: what is not checked by then has not passed. */
const allLimit = 600_000;

/** Fetched at a time: enough to be quick, few enough not to be a load test. */
const lanes = 4;

/** In the order of `paths`. `within`: milliseconds for all of them. Throws `ENVIRONMENT_UNKNOWN`, and what `signal` says when it is aborted. */
export async function hotPoints(
  database: PlatformDatabase,
  environment: string,
  paths: readonly string[],
  signal: AbortSignal,
  within = allLimit,
): Promise<readonly HotPoint[]> {
  const deadline = performance.now() + within;
  const site = await siteOf(database, environment);
  const results: HotPoint[] = [];
  const waiting = paths.entries();
  const lane = async () => {
    for (const [index, path] of waiting) {
      results[index] = performance.now() < deadline ? await checkOne(site, path, signal) : notChecked(path, within);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** Where an environment is checked, and what lets the checks in. */
interface Site {
  readonly applicationsUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function siteOf(database: PlatformDatabase, environment: string): Promise<Site> {
  const row = await database
    .selectFrom('environments')
    .select('balancer_port')
    .where('name', '=', environment)
    .executeTakeFirst();
  if (!row) throw new UpliftError('ENVIRONMENT_UNKNOWN', { what: `There is no environment ${environment}` });
  const secrets = await environmentSecrets(database, environment);
  return { applicationsUrl: `http://127.0.0.1:${row.balancer_port}`, headers: secrets.headersOf('check') };
}

function notChecked(path: string, within: number): HotPoint {
  const problem = `not checked: the ${within / 1000} s for all hot points were over`;
  return { path, ok: false, status: 0, milliseconds: 0, problem };
}

/** Throws only when `signal` is aborted. */
async function checkOne(site: Site, path: string, signal: AbortSignal): Promise<HotPoint> {
  signal.throwIfAborted();
  const started = performance.now();
  const { status, problem } = await fetchHotPoint(site, path, signal);
  return { path, ok: problem === null, status, milliseconds: Math.round(performance.now() - started), problem };
}

async function fetchHotPoint(
  { applicationsUrl, headers }: Site,
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
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
    });
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

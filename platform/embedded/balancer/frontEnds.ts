/** The front ends of an environment as its balancer sees them: what is wanted of each, whether it is healthy, what is in flight. */
import type { Logger } from 'pino';
import type { PlatformDatabase } from '../database.js';
import { readWhenChanged } from '../follow.js';
import { type InFlight, requestsInFlight } from './inFlight.js';

export interface BalancedFrontEnd {
  readonly name: string;
  readonly zone: string;
  readonly port: number;
  wanted: 'serving' | 'drained';
  healthy: boolean;
  readonly inFlight: InFlight;
  answered: number;
  checking: boolean;
  /** What was last written of it. */
  observed: 'serving' | 'drained' | undefined;
}

export interface FrontEndTable {
  all(): readonly BalancedFrontEnd[];
  /** Those that get requests, another one first each time. */
  rotation(): readonly BalancedFrontEnd[];
  /** Reads what is wanted and writes what is so. */
  reconcile(): Promise<void>;
  /** Checks each front end that is not being checked yet: one that hangs does not hold the others up. */
  checkHealth(): Promise<void>;
  /** Seen by a request that could not be sent there; the next good health check puts it back. */
  markDown(frontEnd: BalancedFrontEnd): void;
}

/** Milliseconds after which a front end that does not answer its health check counts as down. Long, for a busy one is not down. */
const healthLimit = 5_000;

interface FrontEndTableOptions {
  readonly log: Logger;
  /** Milliseconds that requests in flight have when a front end is taken out of traffic. */
  readonly drainPatience: number;
  /** What front ends tell their health to. */
  readonly headers: Readonly<Record<string, string>>;
}

export function frontEndTable(
  database: PlatformDatabase,
  environment: string,
  { log, drainPatience, headers }: FrontEndTableOptions,
): FrontEndTable {
  const frontEnds = new Map<string, BalancedFrontEnd>();
  const read = readWhenChanged(database, () => readRows(database, environment));
  let turn = 0;

  return {
    all: () => [...frontEnds.values()],
    rotation() {
      const serving = [...frontEnds.values()].filter(takesRequests);
      const first = serving.length === 0 ? 0 : turn++ % serving.length;
      return [...serving.slice(first), ...serving.slice(0, first)];
    },
    async reconcile() {
      merge(await read());
      for (const frontEnd of frontEnds.values()) {
        cutWhatIsLeft(frontEnd);
        await writeObserved(frontEnd);
      }
    },
    async checkHealth() {
      await Promise.all([...frontEnds.values()].filter(({ checking }) => !checking).map(checkOne));
    },
    markDown: (frontEnd) => setHealth(frontEnd, false, 'refused a connection'),
  };

  function merge(rows: readonly Row[]): void {
    const names = new Set(rows.map(({ name }) => name));
    for (const name of frontEnds.keys()) if (!names.has(name)) frontEnds.delete(name);
    for (const { name, zone, port, wanted } of rows) {
      const known = frontEnds.get(name);
      if (known?.port === port) known.wanted = wanted;
      else
        frontEnds.set(name, {
          name,
          zone,
          port,
          wanted,
          healthy: false,
          inFlight: requestsInFlight(drainPatience),
          answered: 0,
          checking: false,
          observed: undefined,
        });
    }
  }

  function cutWhatIsLeft({ name, wanted, inFlight }: BalancedFrontEnd): void {
    const cut = inFlight.drain(wanted === 'drained');
    if (cut > 0) log.warn({ frontEnd: name, cut, seconds: drainPatience / 1000 }, 'requests that did not end were cut');
  }

  async function writeObserved(frontEnd: BalancedFrontEnd): Promise<void> {
    const observed = observedTraffic(frontEnd);
    if (observed === frontEnd.observed) return;
    await database
      .updateTable('front_ends')
      .set({ observed_traffic: observed })
      .where('name', '=', frontEnd.name)
      .execute();
    frontEnd.observed = observed;
    log.info({ frontEnd: frontEnd.name, traffic: observed }, 'traffic');
  }

  async function checkOne(frontEnd: BalancedFrontEnd): Promise<void> {
    frontEnd.checking = true;
    const problem = await healthProblem(frontEnd, headers);
    frontEnd.checking = false;
    setHealth(frontEnd, problem === undefined, problem);
  }

  function setHealth(frontEnd: BalancedFrontEnd, healthy: boolean, problem: string | undefined): void {
    if (frontEnd.healthy === healthy) return;
    frontEnd.healthy = healthy;
    if (healthy) log.info({ frontEnd: frontEnd.name }, 'healthy');
    else log.warn({ frontEnd: frontEnd.name, problem }, 'down');
  }
}

export function takesRequests({ wanted, healthy }: BalancedFrontEnd): boolean {
  return wanted === 'serving' && healthy;
}

/** Nothing listens there: the front end is down, and nothing was sent. */
export function wasRefused(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

/** Drained only once nothing is in flight any more; one that is down serves nobody either. */
function observedTraffic(frontEnd: BalancedFrontEnd): 'serving' | 'drained' {
  return takesRequests(frontEnd) || frontEnd.inFlight.count() > 0 ? 'serving' : 'drained';
}

interface Row {
  readonly name: string;
  readonly zone: string;
  readonly port: number;
  readonly wanted: 'serving' | 'drained';
}

function readRows(database: PlatformDatabase, environment: string): Promise<Row[]> {
  return database
    .selectFrom('front_ends')
    .select(['name', 'zone', 'port', 'wanted_traffic as wanted'])
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
}

/** Why a front end is not healthy. Its name is compared: something else may have got its port. */
async function healthProblem(
  { name, port }: BalancedFrontEnd,
  headers: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/_platform/health`, {
      headers,
      signal: AbortSignal.timeout(healthLimit),
    });
    const { frontEnd } = (await response.json()) as { frontEnd?: unknown };
    if (frontEnd !== name) return `port ${port} answers as ${String(frontEnd)}`;
    return response.status === 200 ? undefined : `health is ${response.status}`;
  } catch (error) {
    const cause = (error as Error).cause ?? error;
    return wasRefused(cause) ? 'refused a connection' : (cause as Error).message;
  }
}

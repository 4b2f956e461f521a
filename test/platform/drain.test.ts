/** A drain has its end: who reads slowly, or never, is cut, and holds up neither a front end's replacement nor the closing door. */
import net from 'node:net';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { startBalancer } from '../../platform/embedded/balancer/balancer.js';
import { defaultSettings } from '../../platform/embedded/context.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { embeddedDoor } from '../../platform/embedded/door.js';
import { screenLimit } from '../../platform/embedded/frontEnd/screens.js';
import { embeddedServer } from './embeddedServer.js';
import { environment, eventually, ready, testPlatform } from './serving.js';
import { quiet } from './tinyFactory.js';

/** Milliseconds. */
const drainPatience = 1_000;

/** More than sockets and their buffers hold between a front end and a client. */
const page = `export const Large = { name: 'Large', render: () => 'x'.repeat(16_000_000) };`;

/** A balancer with a front end that shows a page as large as that, held for an upgrade. */
async function serving() {
  const platform = await testPlatform(['fe-1']);
  const { database, data } = platform;
  await platform.instance({ id: 'large', module: '@acme/large', release: '11.18.1', code: page });
  await platform.want('@acme/large', 'large');
  await platform.startFrontEnd('fe-1');
  await ready(platform, 'fe-1');
  // Before the balancer runs: two connections of one process that write at a time would wait for each other.
  const context = { database, dataFolder: data, settings: defaultSettings };
  const server = embeddedServer(context);
  const { token } = await server.hold({ environment, operation: 'upgrade', workflow: 'upgrade', release: '11.18.1' });
  const own = openPlatformDatabase(data);
  const logged: { msg: string; cut?: number }[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const balancer = await startBalancer({ database: own, name: environment, log, drainPatience });
  onTestFinished(async () => {
    await balancer.close();
    await own.destroy();
  });
  const by = { workflow: 'upgrade', run: 'one' };
  const row = () => database.selectFrom('front_ends').selectAll().executeTakeFirstOrThrow();
  await eventually('it serves', async () => (await row()).observed_traffic === 'serving');
  return {
    database,
    row,
    url: `http://127.0.0.1:${platform.balancerPort}`,
    cuts: () => logged.flatMap(({ msg, cut }) => (msg === 'requests that did not end were cut' ? [cut] : [])),
    closeDoor: () => embeddedDoor(context).close({ environment, token, by, reason: 'a test' }, quiet),
    reader: () => slowReader(platform.balancerPort),
  };
}

/** Asks for the page, and reads its beginning only. Gives whether it was cut. */
async function slowReader(port: number): Promise<() => boolean> {
  let cut = false;
  const socket = net.connect(port, '127.0.0.1');
  socket
    .on('error', () => undefined)
    .on('close', () => {
      cut = true;
    });
  onTestFinished(() => void socket.destroy());
  socket.write('GET /large/Large HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  return () => {
    socket.resume(); // what has come before the end has to be read before the end is noticed
    return cut;
  };
}

it('LIVE-03 a front end is drained although a client reads slowly, who is cut, and counted, when the time is over', async () => {
  const { database, row, cuts, reader, url } = await serving();
  const isCut = await reader();
  const started = performance.now();
  await database.updateTable('front_ends').set({ wanted_traffic: 'drained' }).execute();

  await eventually('it is drained', async () => (await row()).observed_traffic === 'drained');

  expect(performance.now() - started).toBeGreaterThan(drainPatience);
  expect(cuts()).toEqual([1]);
  await eventually('the client is cut', async () => isCut());
  await database.updateTable('front_ends').set({ wanted_traffic: 'serving' }).execute();
  await eventually('others are served again', async () => (await fetch(`${url}/`)).ok);
});

it('LIVE-01 the door closes although users read slowly, who are cut, and counted, when the time is over', async () => {
  const { database, cuts, reader, closeDoor } = await serving();
  const readers = [await reader(), await reader()];

  await closeDoor();

  const { observed_door: door } = await database.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
  expect(door).toBe('closed');
  expect(cuts()).toEqual([2]);
  for (const isCut of readers) await eventually('they are cut', async () => isCut());
});

it('LIVE-01 what is cut has had the time of a screen, and the drain is over before the one who waits for it gives up', () => {
  expect(defaultSettings.drainPatience).toBeGreaterThan(screenLimit);
  expect(defaultSettings.drainPatience + 10_000).toBeLessThan(defaultSettings.frontEndPatience);
});

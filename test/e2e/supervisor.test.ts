/** The supervisor and its real processes: each is a tiny HTTP server that notes when it is asked to end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessRow, ProcessSpec, ProcessTable } from '../../client/local/processSpec.js';
import { restartDelay } from '../../client/local/supervisedProcess.js';
import { type Supervisor, supervisor } from '../../client/local/supervisor.js';
import { assertPortFree } from '../../http/port.js';
import { endProcess } from '../../platform/processes/processIdentity.js';
import { type MarkedProcess, markedProcesses, startTimeOf } from '../../platform/processes/systemProcesses.js';
import { freePort } from './freePort.js';
import { patience, until } from './until.js';

/** Answers with its process id; on SIGTERM appends its name to the file `ended`. */
const program = `
  const [name, port, ended] = process.argv.slice(1);
  require('node:http').createServer((_request, response) => response.end(String(process.pid))).listen(Number(port), '127.0.0.1');
  process.on('SIGTERM', () => { require('node:fs').appendFileSync(ended, name + '\\n'); process.exit(0); });
`;

let folder: string;
let table: MemoryTable;
let wanted: ProcessSpec[];
const started: Supervisor[] = [];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'uplift-supervisor-')));
  table = memoryTable();
  wanted = [];
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stopAll()));
  await Promise.all((await ours()).map((process) => endProcess(process, 0)));
  await rm(folder, { recursive: true, force: true });
});

describe('supervisor', () => {
  it('starts what is wanted, records it, and leaves a process that is well alone', async () => {
    const port = await want('worker');
    const one = supervise();
    await one.waitReady(['worker'], patience.condition);
    const first = await pidAt(port);
    await one.reconcile();
    expect(await pidAt(port)).toBe(first);
    expect(table.rows.get('worker')).toMatchObject({ pid: first, generation: '1' });
    expect([...one.restarts()]).toEqual([['worker', 0]]);
  });

  it('starts a killed process again at once', async () => {
    const port = await want('worker');
    const one = supervise({ interval: 60_000 });
    one.run();
    const first = await until('the first answer', () => pidAt(port));
    process.kill(first, 'SIGKILL');
    const second = await until('another process', () => pidAt(port).then((pid) => pid !== first && pid));
    await until('its record', () => table.rows.get('worker')?.pid === second);
    expect(one.restarts().get('worker')).toBe(1);
  });

  it('ends what a killed process had started', async () => {
    const port = await freePort();
    const begetting = `require('node:child_process').spawn('sleep', ['600'], { stdio: 'ignore' });`;
    wanted = [{ ...specOf('worker', port), args: ['-e', begetting + program, 'worker', String(port), endedFile()] }];
    const one = supervise();
    await one.waitReady(['worker'], patience.condition);
    const leader = await pidAt(port);
    const child = await until('its child', () => besides(leader));
    process.kill(leader, 'SIGKILL');
    await until('the end of the child', async () => {
      await one.reconcile();
      return (await startTimeOf(child.pid)) !== child.startTime;
    });
  });

  it('lets starts wait longer and longer while a process keeps failing, ten seconds at most', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelay)).toEqual([
      0, 250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000,
    ]);
  });

  it('says which process is not ready, how it ended and where its log is', async () => {
    const port = await freePort();
    wanted = [{ ...specOf('worker', port), args: ['-e', 'console.log("no database"); process.exit(3)'] }];
    const one = supervise();
    const failure = await one.waitReady(['worker'], 1500).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PROCESS_NOT_READY' });
    expect(String(failure)).toMatch(/worker, which ended \(exit code 3\) and was started [1-9]\d* more times/);
    expect(String(failure)).toContain(logOf('worker'));
    expect(await readFile(logOf('worker'), 'utf8')).toContain('no database\nno database\n');
  });

  it('says that a command cannot be run', async () => {
    wanted = [{ ...specOf('worker', await freePort()), command: path.join(folder, 'nowhere') }];
    const one = supervise();
    await expect(one.waitReady(['worker'], 300)).rejects.toThrow(
      /worker, which could not be started \(spawn .*ENOENT\)/,
    );
  });

  it('adopts what a supervisor that is gone left running', async () => {
    const ports = [await want('temporal'), await want('worker')];
    const first = supervise({ forget: true });
    await first.waitReady(['temporal', 'worker'], patience.condition);
    const before = await Promise.all(ports.map(pidAt));

    const second = supervise();
    await second.waitReady(['temporal', 'worker'], patience.condition);
    expect(await Promise.all(ports.map(pidAt))).toEqual(before);
    expect((await ours()).map(({ pid, group }) => [pid, group]).sort()).toEqual(before.map((pid) => [pid, pid]).sort());

    process.kill(before[1] as number, 'SIGKILL');
    await until('the adopted process replaced', async () => {
      await second.reconcile();
      const pid = await pidAt(ports[1] as number);
      return pid && pid !== before[1];
    });
  });

  it('replaces a process when its generation changes, adopted or not', async () => {
    const port = await want('worker');
    await supervise({ forget: true }).waitReady(['worker'], patience.condition);
    const first = await pidAt(port);
    wanted = [specOf('worker', port, '2')];
    const one = supervise();
    await one.waitReady(['worker'], patience.condition);
    const second = await pidAt(port);
    expect(second).not.toBe(first);
    wanted = [specOf('worker', port, '3')];
    await until('the third', () => one.reconcile().then(() => table.rows.get('worker')?.generation === '3'));
    await one.waitReady(['worker'], patience.condition);
    expect(await pidAt(port)).not.toBe(second);
    expect(await ended()).toEqual(['worker', 'worker']);
    expect(one.restarts().get('worker')).toBe(0);
  });

  it('replaces a process that stays unhealthy', async () => {
    const port = await want('worker');
    const one = supervise({ patience: 1000 });
    await one.waitReady(['worker'], patience.condition);
    const first = await pidAt(port);
    process.kill(first, 'SIGSTOP');
    wanted = [{ ...specOf('worker', port), stopGrace: 50 }];
    await until('another process', async () => {
      await one.reconcile();
      return table.rows.has('worker') && table.rows.get('worker')?.pid !== first;
    });
    expect(await startTimeOf(first)).toBeUndefined();
  });

  it('ends what nobody wants any more', async () => {
    await want('worker');
    await want('front-end');
    const one = supervise();
    await one.waitReady(['worker', 'front-end'], patience.condition);
    wanted = wanted.slice(0, 1);
    await one.reconcile();
    expect([...table.rows.keys()]).toEqual(['worker']);
    expect(await ours()).toHaveLength(1);
    expect(await ended()).toEqual(['front-end']);
  });

  it('ends a process that was started and whose record was lost with its supervisor', async () => {
    const port = await want('worker');
    const dying = supervise({ forget: true, table: { ...table, write: () => new Promise<never>(() => {}) } });
    void dying.reconcile();
    const lost = await until('the unrecorded process', () => pidAt(port));
    expect(table.rows.size).toBe(0);

    const one = supervise();
    await one.waitReady(['worker'], patience.condition);
    expect(await startTimeOf(lost)).toBeUndefined();
    expect(await pidAt(port)).not.toBe(lost);
    expect(await ours()).toHaveLength(1);
  });

  it('does not keep a process that it cannot record', async () => {
    await want('worker');
    const one = supervise({ table: { ...table, write: () => Promise.reject(new Error('the disk is full')) } });
    await expect(one.waitReady(['worker'], 300)).rejects.toThrow(/the disk is full/);
    expect(await ours()).toEqual([]);
  });

  it('never touches a process that has only got the id of a recorded one', async () => {
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(stranger, 'spawn');
    const pid = stranger.pid as number;
    const startTime = await startTimeOf(pid);
    await table.write({ name: 'worker', pid, startTime: 'earlier', generation: '0' });
    const port = await want('worker');
    const one = supervise();
    await one.waitReady(['worker'], patience.condition);
    expect(await pidAt(port)).not.toBe(pid);
    await endProcess({ pid, startTime: 'earlier' }, 0);
    await one.stopAll();
    expect(await startTimeOf(pid)).toBe(startTime);
    stranger.kill('SIGKILL');
  });

  it('stops everything, the last first, adopted ones too, and starts nothing afterwards', async () => {
    await want('temporal');
    await want('worker');
    await supervise({ forget: true }).waitReady(['temporal', 'worker'], patience.condition);
    await want('balancer');
    const one = supervise();
    one.run();
    await one.waitReady(['temporal', 'worker', 'balancer'], patience.condition);
    await one.stopAll();
    expect(await ended()).toEqual(['balancer', 'worker', 'temporal']);
    await one.reconcile();
    expect(await ours()).toEqual([]);
    expect(table.rows.size).toBe(0);
  });

  it('kills what does not end in its time', async () => {
    const port = await freePort();
    const deaf = `process.on('SIGTERM', () => {}); process.on = () => {};`;
    wanted = [{ ...specOf('worker', port), args: ['-e', deaf + program, 'worker', String(port)], stopGrace: 200 }];
    const one = supervise();
    await one.waitReady(['worker'], patience.condition);
    await one.stopAll();
    expect(await ours()).toEqual([]);
  });

  it('names a port that somebody else has, and who, and starts once it is free', async () => {
    const port = await want('balancer');
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const failure = await assertPortFree(port, 'the balancer').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PORT_IN_USE' });
    expect(String(failure)).toContain(`Port ${port}, on which the balancer listens, is in use`);
    if (process.platform === 'linux') expect(String(failure)).toContain(`Blocked by: process ${process.pid} (`);

    const one = supervise();
    await expect(one.waitReady(['balancer'], patience.condition)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    other.close();
    await until('the balancer', () =>
      one.waitReady(['balancer'], patience.condition).then(
        () => true,
        () => false,
      ),
    );
  });
});

interface MemoryTable extends ProcessTable {
  readonly rows: Map<string, ProcessRow>;
}

function memoryTable(): MemoryTable {
  const rows = new Map<string, ProcessRow>();
  return {
    rows,
    read: async () => [...rows.values()],
    write: async (row) => void rows.set(row.name, row),
    remove: async (name) => void rows.delete(name),
  };
}

/** `forget`: it is dropped as if it had been killed, and stops nothing at the end. */
function supervise(
  options: { interval?: number; patience?: number; table?: ProcessTable; forget?: boolean } = {},
): Supervisor {
  const { forget = false, ...others } = options;
  const one = supervisor({
    dataFolder: folder,
    table,
    wanted: async () => wanted,
    log: pino({ level: 'silent' }),
    interval: 50,
    ...others,
  });
  if (!forget) started.push(one);
  return one;
}

async function want(name: string): Promise<number> {
  const port = await freePort();
  wanted = [...wanted, specOf(name, port)];
  return port;
}

function specOf(name: string, port: number, generation = '1'): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['-e', program, name, String(port), endedFile()],
    ports: [port],
    logFile: logOf(name),
    stopGrace: 5000,
    ready: async () => (await pidAt(port)) > 0,
    generation,
  };
}

const logOf = (name: string): string => path.join(folder, 'logs', `${name}.log`);
const endedFile = (): string => path.join(folder, 'ended');
const ended = async (): Promise<string[]> => (await readFile(endedFile(), 'utf8')).trim().split('\n');
const ours = () => markedProcesses(`${folder}:`);

/** Our other process, once there is one. */
async function besides(leader: number): Promise<MarkedProcess | undefined> {
  return (await ours()).find(({ pid }) => pid !== leader);
}

/** Who answers at the port; 0 when nobody does. */
async function pidAt(port: number): Promise<number> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(500) });
    return Number(await response.text());
  } catch {
    return 0;
  }
}

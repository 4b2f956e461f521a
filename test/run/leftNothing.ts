/**
 * A run of the tests leaves nothing behind: its temporary folders lie in one of its own, which goes with it, and what still runs
 * when all tests are over fails the run.
 */
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sweepWorkFolders } from '../../platform/embedded/compile/workFolder.js';
import { until } from '../e2e/until.js';

export default function setup(): () => Promise<void> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'uplift-tests-')));
  // Inherited by the processes of the tests, and by theirs.
  process.env['TMPDIR'] = folder;
  return async () => {
    delete process.env['TMPDIR'];
    const alive = await stillRunning(folder);
    for (const { pid } of alive) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    // Compilers were killed: their folders lie in memory, where they are swept by whoever works next.
    await sweepWorkFolders();
    if (alive.length === 0) return;
    // An error thrown here is shown and does not fail the run.
    process.exitCode = 1;
    throw new Error(`The tests have left running: ${alive.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`);
  };
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Milliseconds: the supervisor gives its processes ten seconds. */
const endsWithin = 20_000;

/** Those that were started with `folder` as theirs and do not end by themselves. Only where processes can be looked at. */
async function stillRunning(folder: string): Promise<readonly Process[]> {
  let running = processesOf(folder);
  const ended = () => {
    running = processesOf(folder);
    return running.length === 0;
  };
  await until('the end of what the tests have started', ended, endsWithin).catch(() => undefined);
  return running;
}

function processesOf(folder: string): readonly Process[] {
  return listed('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (!environment.includes(`TMPDIR=${folder}`)) return [];
      return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return [];
    }
  });
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

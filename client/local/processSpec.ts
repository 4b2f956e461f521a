/** What a supervised process is: how it is wanted, how it is recorded, how it is started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { writing } from '../../database/fullDisk.js';
import { markVariable, processEnvironment } from '../../platform/processes/processEnvironment.js';
import type { ProcessIdentity } from '../../platform/processes/processIdentity.js';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment; without one it gets what every process needs. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Loopback ports it listens on: one that somebody else has is found before the start, and named. */
  readonly ports?: readonly number[];
  /** Its output is appended here; the folder is made when missing. */
  readonly logFile: string;
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly stopGrace: number;
  /** Whether it does its work now; must answer within a few seconds. A rejection means no. */
  readonly ready: () => Promise<boolean>;
  /** Another generation is another process: the running one is replaced. */
  readonly generation: string;
}

export interface ProcessRow extends ProcessIdentity {
  readonly name: string;
  readonly generation: string;
}

/** What is recorded of running processes, so that a later supervisor knows them again. */
export interface ProcessTable {
  read(): Promise<readonly ProcessRow[]>;
  write(row: ProcessRow): Promise<void>;
  remove(name: string): Promise<void>;
}

/**
 * Starts it in a session of its own, writing to its log file and to no pipe: it outlives the supervisor, and a Ctrl-C at the
 * terminal does not reach it. Rejects when the command cannot be run, and with `DISK_FULL`.
 */
export async function spawnDetached(
  spec: ProcessSpec,
  markPrefix: string,
  exited: (how: string) => void,
): Promise<ChildProcess> {
  const output = await writing(`The log of ${spec.name}`, spec.logFile, async () => {
    await mkdir(path.dirname(spec.logFile), { recursive: true });
    return open(spec.logFile, 'a');
  });
  try {
    const child = spawn(spec.command, spec.args, {
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      env: { ...(spec.env ?? processEnvironment('plain')), [markVariable]: `${markPrefix}${spec.name}` },
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    });
    child.unref();
    child.once('exit', (code, signal) => exited(signal ?? `exit code ${code}`));
    await once(child, 'spawn');
    return child;
  } finally {
    await output.close();
  }
}

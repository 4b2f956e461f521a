/**
 * What the operating system tells about its processes: Linux in `/proc`, macOS through `ps`. Elsewhere a process is known by its id
 * alone: its start time is empty, and `markedProcesses` finds none.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { withOpenFile } from '../../database/openFiles.js';
import { markVariable, processEnvironment } from './processEnvironment.js';

export interface SystemProcess {
  readonly pid: number;
  /** Comparable for equality only. */
  readonly startTime: string;
  /** The process group; for what was spawned `detached` the id of that process, its descendants included. */
  readonly group: number;
}

export interface MarkedProcess extends SystemProcess {
  /** What follows the prefix in the mark. */
  readonly name: string;
}

/** When the process started, or `undefined` when there is none. One that ended and waits to be collected is none. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case 'linux':
      return (await linuxProcess(pid))?.startTime;
    case 'darwin':
      return (await macProcesses('-p', String(pid)))[0]?.startTime;
    default:
      return sendSignal(pid, 0) ? '' : undefined;
  }
}

/**
 * Every process whose environment has the mark with a value that starts with `prefix`: what a supervisor started and was killed
 * before it could record it. On macOS the system hides the environment of some programs; those are not found.
 * `variable`: the one that marks.
 */
export async function markedProcesses(prefix: string, variable: string = markVariable): Promise<MarkedProcess[]> {
  const mark = `${variable}=${prefix}`;
  switch (process.platform) {
    case 'linux':
      return linuxMarked(mark);
    case 'darwin':
      return macMarked(mark);
    default:
      return [];
  }
}

/** Every process of the group, whatever has become of its leader. */
export async function groupProcesses(group: number): Promise<SystemProcess[]> {
  switch (process.platform) {
    case 'linux': {
      const all = await Promise.all((await linuxPids()).map(linuxProcess));
      return all.filter((seen) => seen !== undefined).filter((seen) => seen.group === group);
    }
    case 'darwin':
      return (await macProcesses('-ax')).filter((seen) => seen.group === group);
    default:
      return [];
  }
}

/** Sends to the process, or with a negative id to its group. False when there is none, or no member of the group is ours. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH' || (code === 'EPERM' && pid < 0)) return false;
    throw error;
  }
}

/**
 * The fields of `/proc/PID/stat` (proc(5)) are counted from the end of the command's name, which is in parentheses and may contain
 * anything. The start is in ticks since boot, so that it says nothing without the boot's id.
 */
async function linuxProcess(pid: number): Promise<SystemProcess | undefined> {
  const [stat, boot] = await Promise.all([readOrNothing(`/proc/${pid}/stat`), bootId()]);
  const [state, , group, ...later] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = later[16];
  if (!ticks || state === 'Z' || state === 'X') return undefined;
  return { pid, startTime: `${boot}/${ticks}`, group: Number(group) };
}

let boot: string | undefined;

async function bootId(): Promise<string> {
  boot ??= (await readOrNothing('/proc/sys/kernel/random/boot_id')).trim();
  return boot;
}

async function linuxMarked(mark: string): Promise<MarkedProcess[]> {
  const found = await Promise.all(
    (await linuxPids()).map(async (pid) => {
      const entries = (await withOpenFile(() => readOrNothing(`/proc/${pid}/environ`))).split('\0');
      const entry = entries.find((text) => text.startsWith(mark));
      const seen = entry === undefined ? undefined : await linuxProcess(pid);
      return seen && entry !== undefined ? [{ ...seen, name: entry.slice(mark.length) }] : [];
    }),
  );
  return found.flat();
}

async function linuxPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
}

/** A process that has ended meanwhile, or belongs to somebody else, reads as empty. Not being able to look says nothing of it. */
async function readOrNothing(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code ?? '')) return '';
    throw error;
  });
}

interface MacProcess extends SystemProcess {
  /** The command and its arguments, then its environment, separated by spaces. */
  readonly command: string;
}

/** `ps` prints a start time as five words. It fails when it finds no process. */
async function macProcesses(...selection: string[]): Promise<MacProcess[]> {
  const columns = ['-Eww', '-o', 'pid=,pgid=,stat=,lstart=,command='];
  const { stdout } = await promisify(execFile)('ps', [...selection, ...columns], {
    env: { ...processEnvironment('plain'), LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  }).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+((?:\S+\s+){4}\S+)\s+(.*)$/gm)]
    .filter(([, , , state]) => !state?.startsWith('Z'))
    .map(([, pid, group, , startTime = '', command = '']) => ({
      pid: Number(pid),
      group: Number(group),
      startTime,
      command,
    }));
}

async function macMarked(mark: string): Promise<MarkedProcess[]> {
  const all = await macProcesses('-ax');
  return all.flatMap(({ command, ...identity }) => {
    const at = command.indexOf(mark);
    return at < 0 ? [] : [{ ...identity, name: command.slice(at + mark.length).split(' ', 1)[0] ?? '' }];
  });
}

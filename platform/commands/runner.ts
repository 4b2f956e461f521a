/**
 * The process that stands beside one program: it writes that the program is started, starts it, keeps its output, ends it when its time is
 * over, and writes how it ended. It is no child that a worker's end would end, so that a dead worker loses neither. It is told on
 * standard input what to do, all at once: what came only half is not begun.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { besideName, makeFolder, publishFolder, replaceFile } from '../../database/disk.js';
import { toldLine } from '../../domain/commands/told.js';
import { startTimeOf } from '../processes/systemProcesses.js';
import { type EndRecord, files, type StartRecord } from './journal.js';
import { type Output, openOutput } from './output.js';
import { type Program, runProgram } from './program.js';
import type { CommandSettings } from './settings.js';
import { newestToken } from './tokens.js';

export interface RunnerRequest {
  /** Of the attempt. */
  readonly folder: string;
  readonly start: Omit<StartRecord, 'runner' | 'started' | 'deadline'>;
  readonly program: Omit<Program, 'umask'>;
  /** Milliseconds. */
  readonly timeout: number;
  readonly settings: Pick<CommandSettings, 'grace' | 'mostOutput'>;
  readonly tokensFolder: string;
}

/** `begun`: this runner has the attempt. `taken`: another one was first, and nothing is done here. */
export type RunnerAnswer = 'begun' | 'taken';

const cancelled = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => cancelled.abort());
// Whoever asked may be gone before it is answered.
process.stdout.on('error', () => undefined);

/** Of the program's files; the runner's own are its owner's alone. */
const umask = process.umask(0o077);
const request = JSON.parse(await text(process.stdin)) as RunnerRequest;
const output = await begun(request);
process.stdout.write(`${(output ? 'begun' : 'taken') satisfies RunnerAnswer}\n`);
if (output) await ran(request, output);

/** Undefined when there is such an attempt. On the disk before anything is started. */
async function begun({ folder, start, timeout, settings }: RunnerRequest): Promise<Output | undefined> {
  const making = besideName(folder);
  await makeFolder(path.dirname(folder));
  await mkdir(making);
  const now = Date.now();
  const record: StartRecord = {
    ...start,
    started: new Date(now).toISOString(),
    deadline: new Date(now + timeout).toISOString(),
    runner: { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? '' },
  };
  await writeFile(path.join(making, files.start), JSON.stringify(record, null, 1));
  const opened = await openOutput(path.join(making, files.output), settings.mostOutput);
  try {
    await publishFolder(making, folder);
    return opened;
  } catch (error) {
    await opened.close();
    await rm(making, { recursive: true, force: true });
    if (['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function ran(request: RunnerRequest, into: Output): Promise<void> {
  const { exit, survivors } = await started(request, into);
  const { leftOut, told } = await into.close();
  const ended = new Date().toISOString();
  const end: EndRecord = { exit, ended, leftOut, told: toldLine(told) ?? null, survivors };
  await replaceFile(path.join(request.folder, files.end), JSON.stringify(end, null, 1));
}

/** Looked at here, when the start is on the disk: whoever takes the environment over from now on finds it. */
async function started(request: RunnerRequest, into: Output): Promise<Awaited<ReturnType<typeof runProgram>>> {
  const { folder, start, tokensFolder, timeout, settings } = request;
  if ((await newestToken(tokensFolder)) > start.token) return { exit: { kind: 'fenced' }, survivors: 0 };
  if (cancelled.signal.aborted) return { exit: { kind: 'cancelled' }, survivors: 0 };
  return runProgram({ ...request.program, umask }, into, {
    folder,
    timeout,
    grace: settings.grace,
    cancelled: cancelled.signal,
  });
}

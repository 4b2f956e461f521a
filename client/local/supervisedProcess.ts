/** One supervised process: from what is recorded of it towards what is wanted, a step at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BaseLogger } from 'pino';
import { assertPortFree } from '../../http/port.js';
import { endProcess, isAlive } from '../../platform/processes/processIdentity.js';
import { markedProcesses, startTimeOf } from '../../platform/processes/systemProcesses.js';
import { type ProcessRow, type ProcessSpec, type ProcessTable, spawnDetached } from './processSpec.js';

interface ProcessState {
  readonly ready: boolean;
  /** How often it was started again, since the supervisor began, without being asked to. */
  readonly restarts: number;
  /** Why the last start failed. */
  readonly fault: unknown;
  /** How it last ended, as far as that was seen. */
  readonly ending: string | undefined;
}

export interface SupervisedProcess {
  readonly name: string;
  /** One step towards `spec`; without one, towards no process at all. Never throws for what the process itself does. */
  settle(spec: ProcessSpec | undefined): Promise<void>;
  state(): ProcessState;
  /** Whether there is a process to end or a record to remove. */
  exists(): boolean;
}

export interface Surroundings {
  readonly table: ProcessTable;
  readonly log: Pick<BaseLogger, 'info' | 'warn' | 'error'>;
  /** What the marks of this supervisor's processes start with. */
  readonly markPrefix: string;
  /** How long, in milliseconds, a process may be unhealthy before it is replaced. */
  readonly patience: number;
  /** Called as soon as a process ended. */
  readonly ended: () => void;
}

/** A process that ends sooner than this after its start, in milliseconds, keeps failing: the next start is delayed. */
const quick = 10_000;
/** Milliseconds from SIGTERM to SIGKILL for a process that nobody describes. */
const unknownGrace = 10_000;
/** A process is not ready when its `ready` has no answer in so many milliseconds. */
const answerWithin = 5_000;

/** Milliseconds until the start after the `quickEnds`th quick end in a row: the first at once, then growing to ten seconds. */
export function restartDelay(quickEnds: number): number {
  return quickEnds <= 1 ? 0 : Math.min(10_000, 250 * 2 ** (quickEnds - 2));
}

/** `recorded`: the row of a process that is alive, which is adopted. */
export function supervisedProcess(
  name: string,
  recorded: ProcessRow | undefined,
  { table, log, markPrefix, patience, ended }: Surroundings,
): SupervisedProcess {
  let row = recorded;
  let grace = unknownGrace;
  let ready = false;
  let restarts = 0;
  let quickEnds = 0;
  let startedAt = performance.now();
  let wellAt = startedAt;
  let startFrom = startedAt;
  let fault: unknown;
  let ending: string | undefined;

  return {
    name,
    state: () => ({ ready, restarts, fault, ending }),
    exists: () => row !== undefined,
    async settle(spec) {
      if (spec) grace = spec.stopGrace;
      if (row && !(await isAlive(row))) await noticeEnd(row);
      if (row && row.generation !== spec?.generation) await end(row, spec ? 'replaced' : 'not wanted any more');
      if (row && spec) await look(row, spec);
      if (!row && spec && performance.now() >= startFrom) await start(spec);
    },
  };

  async function noticeEnd(lost: ProcessRow): Promise<void> {
    const leftOvers = (await markedProcesses(markPrefix)).filter(({ group }) => group === lost.pid);
    await Promise.all(leftOvers.map((process) => endProcess(process, grace)));
    await forget();
    restarts++;
    log.warn({ process: name, pid: lost.pid, ending }, 'ended by itself');
    delayNextStart();
  }

  async function look(running: ProcessRow, spec: ProcessSpec): Promise<void> {
    const unanswered = new AbortController();
    const noAnswer = delay(answerWithin, false, { signal: unanswered.signal });
    ready = await Promise.race([spec.ready().catch(() => false), noAnswer]).finally(() => unanswered.abort());
    if (ready) wellAt = performance.now();
    if (performance.now() - wellAt < patience) return;
    restarts++;
    await end(running, 'unhealthy for too long');
    delayNextStart();
  }

  async function end(running: ProcessRow, reason: string): Promise<void> {
    log.info({ process: name, pid: running.pid, reason }, 'ending');
    ready = false;
    await endProcess(running, grace);
    await forget();
  }

  async function forget(): Promise<void> {
    await table.remove(name);
    row = undefined;
    ready = false;
  }

  async function start(spec: ProcessSpec): Promise<void> {
    startedAt = wellAt = performance.now();
    try {
      for (const port of spec.ports ?? []) await assertPortFree(port, name);
      row = await begin(spec);
      fault = undefined;
      log.info({ process: name, pid: row.pid }, 'started');
    } catch (error) {
      fault = error;
      log.error({ process: name, err: error }, 'could not be started');
      delayNextStart();
    }
  }

  async function begin(spec: ProcessSpec): Promise<ProcessRow> {
    const child = await spawnDetached(spec, markPrefix, (how) => {
      ending = how;
      ended();
    });
    const pid = child.pid as number;
    const startTime = await startTimeOf(pid);
    if (startTime === undefined) throw new Error(`${name} ended at once; its log may say why`);
    const begun = { name, pid, startTime, generation: spec.generation };
    try {
      await table.write(begun);
    } catch (error) {
      await endProcess(begun, grace);
      throw error;
    }
    return begun;
  }

  function delayNextStart(): void {
    quickEnds = performance.now() - startedAt < quick ? quickEnds + 1 : 1;
    startFrom = performance.now() + restartDelay(quickEnds);
  }
}

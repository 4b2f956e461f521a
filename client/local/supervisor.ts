/**
 * Holds the wanted processes and the running ones together: starts what is missing, restarts what crashed, replaces what is of
 * another generation or stays unhealthy, ends what nobody wants any more, and adopts what an earlier supervisor left running.
 *
 * Every process is described in the same way whether this supervisor started it or an earlier one: by its row. So a supervisor
 * that is killed leaves nothing that the next one cannot take over, and what was started and not yet recorded is found by its mark.
 *
 * Invariant: one supervisor at a time for a data folder; whoever starts it holds the folder's lock.
 */
import { realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { UpliftError } from '../../domain/errors.js';
import type { ProcessSpec, ProcessTable } from './processSpec.js';
import { type SupervisedProcess, type Surroundings, supervisedProcess } from './supervisedProcess.js';
import { survivors } from './survivors.js';

export interface SupervisorOptions {
  /** An existing folder; two supervisors of different folders do not touch each other's processes. */
  readonly dataFolder: string;
  readonly table: ProcessTable;
  /** What should run now, in the order in which it is started; `stopAll` ends in the reverse one. */
  readonly wanted: () => Promise<readonly ProcessSpec[]>;
  readonly log: Surroundings['log'];
  /** Milliseconds between two looks; a process of ours that ends is seen at once. */
  readonly interval?: number;
  /** How long, in milliseconds, a process may be unhealthy, or take until it is first ready, before it is replaced. */
  readonly patience?: number;
}

export interface Supervisor {
  /** One look at everything, and the steps that follow from it. Starting does not wait until the process is ready. */
  reconcile(): Promise<void>;
  /** Reconciles from now on, until `stopAll`. */
  run(): void;
  /**
   * Waits until all of `names` are ready, at most `milliseconds`.
   * Throws `PORT_IN_USE` as soon as one of them cannot have its port, `PROCESS_NOT_READY` when the time is over.
   */
  waitReady(names: readonly string[], milliseconds: number): Promise<void>;
  /** Ends every process, adopted ones too, the last wanted first; returns when all are gone. Nothing is started afterwards. */
  stopAll(): Promise<void>;
  /** How often each process was started again without being asked to. */
  restarts(): ReadonlyMap<string, number>;
}

const readyLookEvery = 100;

export function supervisor(options: SupervisorOptions): Supervisor {
  const { table, wanted, log, interval = 500, patience = 60_000 } = options;
  const markPrefix = `${realpathSync(options.dataFolder)}:`;
  const surroundings: Surroundings = { table, log, markPrefix, patience, ended: () => wake() };
  const processes = new Map<string, SupervisedProcess>();
  const turns = new Map<string, Promise<void>>();
  let specs: ReadonlyMap<string, ProcessSpec> = new Map();
  let looks: Promise<unknown> = Promise.resolve();
  let adopted = false;
  let stopping = false;
  let running: Promise<void> | undefined;
  let wake = (): void => {};

  return { reconcile, run, waitReady, stopAll, restarts };

  async function reconcile(): Promise<void> {
    await look();
    await Promise.all(turns.values());
  }

  function run(): void {
    running ??= (async () => {
      while (!stopping) {
        await look().catch((error) => log.error({ err: error }, 'could not look at what is wanted'));
        await pause();
      }
    })();
  }

  async function waitReady(names: readonly string[], milliseconds: number): Promise<void> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      await look();
      await Promise.all(names.map((name) => turns.get(name)));
      const late = names.filter((name) => !processes.get(name)?.state().ready);
      if (late.length === 0) return;
      for (const name of late) throwIfPortIsTaken(name);
      if (stopping || performance.now() >= deadline) throw notReady(late, milliseconds);
      await delay(readyLookEvery);
    }
  }

  async function stopAll(): Promise<void> {
    stopping = true;
    wake();
    await running;
    await looks.catch(() => {});
    if (!adopted) await adopt();
    await Promise.all(turns.values());
    const order = [...specs.keys()];
    const last = [...processes.values()].sort((a, b) => order.indexOf(b.name) - order.indexOf(a.name));
    for (const process of last) await turn(process, undefined);
  }

  function restarts(): ReadonlyMap<string, number> {
    return new Map([...processes.values()].map((process) => [process.name, process.state().restarts]));
  }

  /**
   * Starts a turn for every process that has none, and waits for no turn: ending one process slowly delays no other.
   * Looks follow one another, so that none acts on an older idea of what is wanted than the one before it.
   */
  function look(): Promise<void> {
    const next = looks.catch(() => {}).then(lookNow);
    looks = next;
    return next;
  }

  async function lookNow(): Promise<void> {
    if (stopping) return;
    if (!adopted) await adopt();
    const described = await wanted();
    if (stopping) return;
    specs = new Map(described.map((spec) => [spec.name, spec]));
    for (const name of specs.keys()) {
      if (!processes.has(name)) processes.set(name, supervisedProcess(name, undefined, surroundings));
    }
    for (const process of processes.values()) {
      if (!turns.has(process.name)) void turn(process, specs.get(process.name));
    }
  }

  function turn(process: SupervisedProcess, spec: ProcessSpec | undefined): Promise<void> {
    const { name } = process;
    const taken = process
      .settle(spec)
      .catch((error) => log.error({ process: name, err: error }, 'could not be settled; tried again'))
      .finally(() => {
        turns.delete(name);
        if (!spec && !process.exists()) processes.delete(name);
      });
    turns.set(name, taken);
    return taken;
  }

  async function adopt(): Promise<void> {
    for (const row of await survivors(table, markPrefix, log)) {
      processes.set(row.name, supervisedProcess(row.name, row, surroundings));
    }
    adopted = true;
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, stopping ? 0 : interval);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  function throwIfPortIsTaken(name: string): void {
    const fault = processes.get(name)?.state().fault;
    if (fault instanceof UpliftError && fault.code === 'PORT_IN_USE') throw fault;
  }

  function notReady(late: readonly string[], milliseconds: number): UpliftError {
    const logs = late.flatMap((name) => specs.get(name)?.logFile ?? []);
    return new UpliftError('PROCESS_NOT_READY', {
      what: `Not ready ${stopping ? 'when stopped' : `after ${milliseconds / 1000} s`}: ${late.map(described).join('; ')}`,
      next: logs.length > 0 ? `read ${logs.join(', ')}` : 'nobody wants these processes: check their names',
    });
  }

  function described(name: string): string {
    const state = processes.get(name)?.state();
    if (state?.fault instanceof Error) return `${name}, which could not be started (${state.fault.message})`;
    return state?.ending ? `${name}, which ended (${state.ending}) and was started ${state.restarts} more times` : name;
  }
}

/**
 * Turns of compilers: everything that compiles for a data folder, in whatever process, takes one before it starts a compiler, or makes
 * the folder for it. A compiler is single threaded, so that more than there are processors only make each other slower.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CompilePurpose, compilerTurns, type Turn, type Turns } from './compilerTurns.js';

/** Waits for its turn, then does `work`. Rejects with the reason of `signal` when that aborts while it waits, and with `DISK_FULL`. */
export type InTurn = <T>(
  request: { readonly purpose: CompilePurpose; readonly signal: AbortSignal },
  work: () => Promise<T>,
) => Promise<T>;

/** Milliseconds between two looks at whose turn it is, while somebody here waits. */
const lookEvery = 20;

/** Milliseconds between two signs of life. */
const beatEvery = 500;

const pools = new Map<string, InTurn>();

/** Those of a data folder, the same in every process: publishes first, in the order in which they came. */
export function compilersInTurn(dataFolder: string): InTurn {
  const file = path.resolve(dataFolder, 'compilers.db');
  const pool = pools.get(file) ?? compilerPool(compilerTurns(file, availableParallelism()));
  pools.set(file, pool);
  return pool;
}

export function compilerPool(turns: Turns): InTurn {
  /** What this process waits for, and what it has; how it is told that it may begin. */
  const own = new Map<Turn, () => void>();
  let attending = false;

  return async ({ purpose, signal }, work) => {
    signal.throwIfAborted();
    const turn = await turns.ask(purpose);
    try {
      if (!turn.begun) await begun(turn, signal);
      own.set(turn, () => undefined);
      void attend();
      return await work();
    } finally {
      own.delete(turn);
      // One that cannot be given back ends for want of signs of life.
      await turns.giveBack(turn).catch(() => undefined);
      await look().catch(() => undefined);
    }
  };

  function begun(turn: Turn, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      own.set(turn, () => {
        signal.removeEventListener('abort', leave);
        turn.begun = true;
        resolve();
      });
      if (signal.aborted) leave();
      void attend();
    });
  }

  async function look(): Promise<void> {
    const waiting = [...own.keys()].filter((turn) => !turn.begun);
    if (waiting.length === 0) return;
    const may = await turns.mayBegin(waiting);
    for (const turn of may) own.get(turn)?.();
  }

  /** As long as there is something to attend to. What fails, on a full disk, is done the next time. */
  async function attend(): Promise<void> {
    if (attending) return;
    attending = true;
    for (let beaten = performance.now(); own.size > 0; await delay(lookEvery)) {
      await look().catch(() => undefined);
      if (performance.now() - beaten < beatEvery) continue;
      await turns.beat([...own.keys()]).catch(() => undefined);
      beaten = performance.now();
    }
    attending = false;
  }
}

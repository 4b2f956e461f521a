/** Turns of compilers: everything in a process that compiles takes one before it starts a compiler, or makes the folder for it. */
import { availableParallelism } from 'node:os';

/** Who publishes waits for the answer; a preparation works through a list. */
export type CompilePurpose = 'publish' | 'preparation';

/** Waits for its turn, then does `work`. Rejects with the reason of `signal` when that aborts while it waits. */
export type InTurn = <T>(
  request: { readonly purpose: CompilePurpose; readonly signal: AbortSignal },
  work: () => Promise<T>,
) => Promise<T>;

/** Publishes that are let go first while a preparation waits, before it has a turn too. */
const publishesInARow = 3;

/** At most `size` at a time, in the order in which they came, publishes first. */
export function compilerPool(size: number): InTurn {
  const waiting: Record<CompilePurpose, (() => void)[]> = { publish: [], preparation: [] };
  let free = size;
  let inARow = 0;

  return async ({ purpose, signal }, work) => {
    await turn(waiting[purpose], signal);
    try {
      return await work();
    } finally {
      free++;
      letGo();
    }
  };

  function turn(queue: (() => void)[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        queue.splice(queue.indexOf(begin), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave);
      queue.push(begin);
      letGo();
    });
  }

  function letGo(): void {
    while (free > 0) {
      const begin = next();
      if (!begin) return;
      free--;
      begin();
    }
  }

  function next(): (() => void) | undefined {
    const { publish, preparation } = waiting;
    const publishes = publish.length > 0 && (preparation.length === 0 || inARow < publishesInARow);
    inARow = publishes ? inARow + 1 : 0;
    return (publishes ? publish : preparation).shift();
  }
}

/** That of this process: a compiler is single threaded, so that more than there are processors only make each other slower. */
export const compilersInTurn = compilerPool(availableParallelism());

/** Working under locks: their lease is renewed while the work goes on, which is told to stop once they are lost. */
import { UpliftError } from '../../domain/errors.js';
import type { ModuleName } from '../../domain/modules/module.js';
import type { Progress } from '../../port/progress.js';
import type { EmbeddedContext } from './context.js';
import { countRefusedWrite, isFenced, renewLocks } from './locks.js';

export interface Held {
  readonly environment: string;
  readonly token: number;
  readonly modules: readonly ModuleName[];
  /** What is done under it, for people: `group 3 of preparation 1`. */
  readonly what: string;
}

export interface LeasedWork<T> {
  /** `signal` aborts with the caller's own, and when the locks are lost. */
  work(signal: AbortSignal): Promise<T>;
  /** Takes back what the work holds when it ends without a result but `error`, so that nobody has to wait for the lease. */
  giveUp(error: unknown): Promise<void>;
}

/** Modules that a sign of life names. */
const namedModules = 8;

/**
 * Throws `FENCED`, counted as a refused write, when the locks were lost or a write was refused because of that; what others have
 * taken over is left alone then.
 */
export async function underLease<T>(
  { database, settings }: EmbeddedContext,
  held: Held,
  progress: Progress,
  { work, giveUp }: LeasedWork<T>,
): Promise<T> {
  const lost = new AbortController();
  const beat = () => progress.heartbeat({ working: held.what, modules: held.modules.slice(0, namedModules) });
  beat();
  const renewal = setInterval(() => {
    beat();
    renewLocks(database, held.token, settings.lease).then(
      (stillHeld) => stillHeld || lost.abort(),
      () => undefined, // a busy or full disk: the lease decides
    );
  }, settings.lease / 5);
  try {
    return await work(AbortSignal.any([progress.signal, lost.signal]));
  } catch (error) {
    if (lost.signal.aborted || isFenced(error)) {
      await countRefusedWrite(database, { ...held, module: held.modules[0] ?? '' });
      throw fencedError(held, error);
    }
    await giveUp(error).catch(() => undefined); // what keeps its locks loses them with the lease
    progress.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

function fencedError({ what, token, environment }: Held, cause: unknown): UpliftError {
  return new UpliftError(
    'FENCED',
    {
      what: `${what} in ${environment}, under token ${token}, was refused: its lease is over and the modules are free for others; nothing of it was recorded`,
      next: 'nothing: it is tried again by itself, with what is left to do',
    },
    { cause },
  );
}

/** Work that tells all the time that it is alive, also while a big file or table is copied. */
import type { EmbeddedContext } from '../context.js';

/** Calls `beat` several times within a lease until `work` has ended. */
export async function beating<T>({ settings }: EmbeddedContext, beat: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(beat, settings.lease / 5);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Undoing what was begun: each undo is registered before its step, is idempotent, and runs even when the run is cancelled. */
import { CancellationScope, log } from '@temporalio/workflow';

type Undo = () => Promise<unknown>;

/** Runs `work`; when it fails or is cancelled, undoes what it has registered, last first, and fails as it failed. */
export async function undoing<T>(work: (undo: (step: Undo) => void) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  try {
    return await work((step) => undos.unshift(step));
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      for (const undo of undos) {
        await undo().catch((failure: unknown) => log.error('an undo failed', { error: String(failure) }));
      }
    });
    throw error;
  }
}

/** The steps of a restore, told to whoever watches; between two of them it can be interrupted. */
import type { Progress } from '../../../port/progress.js';

export interface Steps {
  readonly progress: Progress;
  /** Says what is done next. Throws when the restore is to stop. */
  enter(step: string): void;
  /** Says again what is being done. */
  beat(): void;
}

export function stepsOf({ id }: { readonly id: string }, progress: Progress): Steps {
  let current = '';
  const beat = () => progress.heartbeat({ restoring: id, step: current });
  return {
    progress,
    enter(step) {
      current = step;
      beat();
      progress.signal.throwIfAborted();
    },
    beat,
  };
}

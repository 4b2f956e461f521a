/**
 * While a gate waits, what it asks about may be repaired, or deployed anew: what it shows follows. An activity looks, so that days
 * without a change cost the history nothing, and nobody has to tell the run.
 */
import { CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { GateQuestion, GateStanding } from '../../activities/gates.js';
import { untilNextChange } from '../../domain/gates/following.js';
import { awaitOtherStanding } from '../activities.js';

export interface Shown {
  /** Undefined: the gate waits no more. */
  readonly standing: () => GateStanding | undefined;
  readonly show: (standing: GateStanding) => void;
}

/** From now on, until what it gives is called: that resolves when nothing looks any more. */
export function follow(question: GateQuestion, shown: Shown): () => Promise<void> {
  const scope = new CancellationScope();
  const following = scope
    .run(() => showChanges(question, shown))
    .catch((error: unknown) => {
      if (!isCancellation(error)) log.warn('what a gate shows is not followed', { error: String(error) });
    });
  return () => {
    scope.cancel();
    return following;
  };
}

async function showChanges(question: GateQuestion, { standing, show }: Shown): Promise<void> {
  const summary = `does the gate ${question.gate} stand as it is shown?`;
  for (let changes = 0; ; changes++) {
    const notBefore = untilNextChange(changes);
    if (notBefore === undefined) return;
    const shown = standing();
    if (shown === undefined) return;
    const found = await awaitOtherStanding.executeWithOptions({ summary }, [{ question, shown, notBefore }]);
    // What an answer has found meanwhile is newer.
    if (standing() === shown) show(found);
  }
}

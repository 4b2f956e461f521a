/** Waiting for what a host does, which may be away: its worker was ended, or cannot reach the server. */
import { CancellationScope, condition, isCancellation, log, uuid4 } from '@temporalio/workflow';
import { awaitHost } from '../activities.js';
import type { UpgradeRun } from './upgradeRun.js';

/** Who waits: what it shows meanwhile, and whether somebody has asked it to stop. */
export type WaitingRun = Pick<UpgradeRun, 'awaits' | 'stopped'>;

/**
 * While `work` goes on, as the activity whose id begins with `name`, the details say so when its host is away; then a stop ends it. The id is
 * another one each time: by it the host knows what was asked for before.
 */
export async function onHost<T>(
  run: WaitingRun,
  host: string,
  name: string,
  work: (activityId: string) => Promise<T>,
): Promise<T> {
  const activityId = `${name}-${uuid4().slice(0, 8)}`;
  const working = new CancellationScope();
  const watching = new CancellationScope();
  const result = working.run(() => work(activityId));
  let away = false;
  const told = (since: string | null) => {
    away = since !== null;
    run.awaits(activityId, since === null ? null : `the host ${host}: its worker does not answer since ${since}`);
  };
  void watching.run(() => watched(host, activityId, told)).catch(withoutNews);
  void watching.run(() => condition(() => away && run.stopped())).then(() => working.cancel(), withoutNews);
  try {
    return await result;
  } finally {
    watching.cancel();
    run.awaits(activityId, null);
  }
}

/** `told`: since when the host is away; null once it answers. */
async function watched(host: string, activityId: string, told: (since: string | null) => void): Promise<void> {
  let answers = true;
  for (;;) {
    const options = { summary: answers ? `does ${host} answer?` : `until ${host} answers` };
    const answer = await awaitHost.executeWithOptions(options, [{ activityId, answers }]);
    switch (answer.kind) {
      case 'over':
        return;
      case 'answers':
        answers = true;
        told(null);
        break;
      case 'away':
        answers = false;
        told(answer.since);
        break;
    }
  }
}

function withoutNews(error: unknown): void {
  if (!isCancellation(error)) log.warn('nobody watches whether the host answers', { error: String(error) });
}

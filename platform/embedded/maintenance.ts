/**
 * Keeping users out of an environment (LIVE-01): the door is wanted closed or open by the one who holds the environment, and its
 * balancer writes once that is so.
 */
import { UpliftError } from '../../domain/errors.js';
import type { Maintenance, Progress } from '../port.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction } from './database.js';
import { untilObserved } from './observe.js';
import { assertHeld } from './server.js';

/** Both throw `ENVIRONMENT_HELD` when the token no longer holds the environment, and `BALANCER_TIMEOUT`. */
export function embeddedMaintenance(context: EmbeddedContext): Maintenance {
  return {
    close: (request, progress) => moveDoor(context, request, 'closed', progress),
    open: (request, progress) => moveDoor(context, request, 'open', progress),
  };
}

async function moveDoor(
  context: EmbeddedContext,
  { environment, token }: { environment: string; token: number },
  wanted: 'open' | 'closed',
  progress: Progress,
): Promise<void> {
  const { database } = context;
  await inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    await transaction
      .updateTable('environments')
      .set({ wanted_door: wanted, token })
      .where('name', '=', environment)
      .execute();
  });
  await untilObserved(context, progress, {
    async missing() {
      const { observed_door: observed } = await database
        .selectFrom('environments')
        .select('observed_door')
        .where('name', '=', environment)
        .executeTakeFirstOrThrow();
      return observed === wanted ? undefined : `the door of ${environment} is ${observed}, not ${wanted}`;
    },
    late: (missing, seconds) =>
      new UpliftError('BALANCER_TIMEOUT', {
        what: `After ${seconds} s ${missing}`,
        blockedBy: `the balancer of ${environment}, which is down or hangs: requests that do not end are cut`,
        next: 'look at its log and start it; it keeps what is wanted of the door, then try again',
      }),
  });
}

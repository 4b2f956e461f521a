/**
 * Keeping users out of an environment (LIVE-01): the door is wanted closed or open by the one who holds the environment, and its
 * balancer writes once that is so.
 */
import { UpliftError } from '../../domain/errors.js';
import type { Door, DoorRequest, MaintenanceNotice } from '../../port/door.js';
import type { Progress } from '../../port/progress.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, nowText } from './database.js';
import { assertHeld } from './fence.js';
import { untilObserved } from './observe.js';
import type { Own } from './own.js';
import { newestSnapshot } from './snapshots/folder.js';
import { lossNow } from './snapshots/loss.js';

/** Both throw `ENVIRONMENT_HELD` when the token no longer holds the environment, and `BALANCER_TIMEOUT`. */
export function embeddedDoor(context: EmbeddedContext): Own<Door> {
  return {
    close: async (request, progress) => {
      await wantClosed(context, request);
      await untilDoorIs('closed', context, request, progress);
    },
    open: async (request, progress) => {
      if (await wantOpen(context, request)) await untilDoorIs('open', context, request, progress);
    },
  };
}

type OwnDoorRequest = Omit<DoorRequest, 'infrastructure'>;

async function wantClosed(
  { database }: EmbeddedContext,
  { environment, token, by, reason, notice }: OwnDoorRequest & { reason: string; notice?: MaintenanceNotice },
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    await transaction
      .updateTable('environments')
      .set({ wanted_door: 'closed', token })
      .set({ door_since: nowText, door_workflow: by.workflow, door_run: by.run, door_reason: reason })
      .set({ door_notice: notice === undefined ? null : JSON.stringify(notice) })
      .where('name', '=', environment)
      .where('wanted_door', '=', 'open')
      .execute();
  });
}

/** False: it is not for this run to open. */
async function wantOpen(
  context: EmbeddedContext,
  { environment, token, by, onlyOwn = false }: OwnDoorRequest,
): Promise<boolean> {
  const { database } = context;
  const behind = await rowsBehindTheDoor(context, environment);
  return inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    const door = await transaction
      .selectFrom('environments')
      .select(['wanted_door', 'door_run'])
      .where('name', '=', environment)
      .executeTakeFirstOrThrow();
    if (onlyOwn && door.wanted_door === 'closed' && door.door_run !== by.run) return false;
    await transaction
      .updateTable('environments')
      .set({ wanted_door: 'open', token, rows_behind_door: behind.rows, rows_behind_of: behind.of })
      .set({ door_since: null, door_workflow: null, door_run: null, door_reason: null, door_notice: null })
      .where('name', '=', environment)
      .execute();
    return true;
  });
}

/** A snapshot that cannot be read must not keep users out: then whatever was written counts as theirs. */
async function rowsBehindTheDoor(
  context: EmbeddedContext,
  environment: string,
): Promise<{ readonly rows: number; readonly of: string | null }> {
  try {
    const newest = await newestSnapshot(context.dataFolder, environment);
    if (!newest) return { rows: 0, of: null };
    return { rows: (await lossNow(context, { environment, id: newest.id })).behindTheDoor, of: newest.id };
  } catch {
    return { rows: 0, of: null };
  }
}

async function untilDoorIs(
  wanted: 'open' | 'closed',
  context: EmbeddedContext,
  { environment }: OwnDoorRequest,
  progress: Progress,
): Promise<void> {
  await untilObserved(context, progress, {
    async missing() {
      const { observed_door: observed } = await context.database
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

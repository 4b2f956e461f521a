/** What is wanted of a front end, and waiting until it is observed. Every wish is guarded by the environment's hold. */
import { UpliftError } from '../../domain/errors.js';
import type { Progress } from '../../port/progress.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction } from './database.js';
import { assertHeld } from './fence.js';
import { untilObserved } from './observe.js';

export interface FrontEndPlace {
  readonly environment: string;
  readonly frontEnd: string;
  readonly token: number;
}

export interface ObservedFrontEnd {
  readonly observed_release: string | null;
  readonly observed_traffic: 'serving' | 'drained';
}

/** Throws `ENVIRONMENT_HELD` when the token no longer holds the environment. */
export async function want(
  { database }: EmbeddedContext,
  { environment, frontEnd, token }: FrontEndPlace,
  wanted: { wanted_release?: string; wanted_traffic?: 'serving' | 'drained' },
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    await transaction.updateTable('front_ends').set(wanted).where('name', '=', frontEnd).execute();
  });
}

/** Throws `FRONT_END_TIMEOUT`; `expected` completes "it". */
export async function untilFrontEnd(
  context: EmbeddedContext,
  { frontEnd }: Pick<FrontEndPlace, 'frontEnd'>,
  progress: Progress,
  expected: string,
  reached: (row: ObservedFrontEnd) => boolean,
): Promise<void> {
  await untilObserved(context, progress, {
    async missing() {
      const row = await observedFrontEnd(context, frontEnd);
      if (reached(row)) return undefined;
      return `${frontEnd} does not say that it ${expected} (release ${row.observed_release ?? 'none'}, ${row.observed_traffic})`;
    },
    late: (missing, seconds) =>
      new UpliftError('FRONT_END_TIMEOUT', {
        what: `After ${seconds} s ${missing}`,
        next: `read the logs of ${frontEnd} and of the balancer in the data folder, repair that, then try again: it goes on from here`,
      }),
  });
}

function observedFrontEnd({ database }: EmbeddedContext, frontEnd: string): Promise<ObservedFrontEnd> {
  return database
    .selectFrom('front_ends')
    .select(['observed_release', 'observed_traffic'])
    .where('name', '=', frontEnd)
    .executeTakeFirstOrThrow();
}

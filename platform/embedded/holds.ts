/** Who holds a whole environment, under which token, and that everybody else is refused. */
import type { Selectable } from 'kysely';
import { UpliftError } from '../../domain/errors.js';
import type { Hold } from '../../port/inventory.js';
import type { ServerUpgrade } from '../../port/server.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, nowText, type PlatformDatabase, type PlatformTransaction } from './database.js';
import { heldLocks, nextToken } from './locks.js';
import type { PlatformTables } from './schema.js';

type HoldRow = Selectable<PlatformTables['holds']>;

export function embeddedHolds(context: EmbeddedContext): Pick<ServerUpgrade, 'hold' | 'seal' | 'release'> {
  const { database } = context;
  return {
    hold: (request) => hold(context, request),
    seal: async ({ environment, token, sealed }) => {
      await inTransaction(database, async (transaction) => {
        await assertHeld(transaction, environment, token);
        const row = { sealed: sealed ? 1 : 0 };
        await transaction.updateTable('holds').set(row).where('environment', '=', environment).execute();
      });
      if (sealed) await assertNothingUnderWay(database, environment);
    },
    release: ({ environment, token }) =>
      inTransaction(database, async (transaction) => {
        await transaction
          .deleteFrom('holds')
          .where('environment', '=', environment)
          .where('token', '=', token)
          .execute();
      }),
  };
}

async function hold(
  { database }: EmbeddedContext,
  { environment, operation, workflow, release }: Parameters<ServerUpgrade['hold']>[0],
): Promise<Hold> {
  return inTransaction(database, async (transaction) => {
    const held = await holdOn(transaction, environment);
    const takesOver = operation === 'rollback' && held?.operation === 'upgrade';
    if (held && held.workflow !== workflow && !takesOver) {
      throw new UpliftError('ENVIRONMENT_HELD', {
        what: `${environment} is held by the ${held.operation} to ${held.release} since ${held.since}`,
        blockedBy: held.workflow,
        next: `uplift status ${environment}`,
      });
    }
    const token = await nextToken(transaction);
    const row = {
      ...{ operation, workflow, release, token },
      // Whoever takes it begins again before the tests: what sealed it is over, even where nothing undid that.
      sealed: 0,
      ...(held && !takesOver
        ? { first_token: held.first_token, since: held.since }
        : { first_token: token, since: nowText }),
    };
    await transaction
      .insertInto('holds')
      .values({ environment, ...row })
      .onConflict((conflict) => conflict.column('environment').doUpdateSet(row))
      .execute();
    const { since, first_token: firstToken } = await transaction
      .selectFrom('holds')
      .select(['since', 'first_token'])
      .where('environment', '=', environment)
      .executeTakeFirstOrThrow();
    return { operation, workflow, release, token, firstToken, since };
  });
}

/** Throws `ENVIRONMENT_HELD` unless `token` holds the environment. */
export async function assertHeld(transaction: PlatformTransaction, environment: string, token: number): Promise<void> {
  const held = await holdOn(transaction, environment);
  if (held?.token === token) return;
  throw new UpliftError('ENVIRONMENT_HELD', {
    what: `${environment}: token ${token} no longer holds the environment, its effect was refused`,
    ...(held ? { blockedBy: `the ${held.operation} of ${held.workflow} under token ${held.token}` } : {}),
    next: `uplift status ${environment}`,
  });
}

/** Throws `ENVIRONMENT_HELD` from the tests of an upgrade to its opening, when nothing there may change. */
export async function assertUnsealed(database: PlatformDatabase, environment: string): Promise<void> {
  const held = await holdOn(database, environment);
  if (held?.sealed !== 1) return;
  throw new UpliftError('ENVIRONMENT_HELD', {
    what: `${environment} was tested on ${held.release} and waits to go live: until then nothing there changes`,
    blockedBy: held.workflow,
    next: `uplift status ${environment}; retry at its gate takes it back to the tests, so that fixes can be published`,
  });
}

/** Nothing new begins in a sealed environment; what began before ends, or its lease does. Throws `CHANGES_UNDER_WAY`. */
async function assertNothingUnderWay(database: PlatformDatabase, environment: string): Promise<void> {
  const [first, ...others] = await heldLocks(database, environment);
  if (!first) return;
  const [module, { operation, holder, since }] = first;
  throw new UpliftError('CHANGES_UNDER_WAY', {
    what: `${environment} is to change no more, but ${operation} of ${module}${others.length === 0 ? '' : ` and ${others.length} more`} began before, at ${since}`,
    blockedBy: holder,
    next: 'it is looked at again until that has ended',
  });
}

/** Why the next modules are not taken, for what has nobody attending to it and for what began before a seal; undefined: they are. */
export async function whoIsBefore(
  database: PlatformDatabase,
  environment: string,
  { unattended }: { readonly unattended: boolean },
): Promise<string | undefined> {
  const held = await holdOn(database, environment);
  return held && (unattended || held.sealed === 1) ? holderText(held) : undefined;
}

function holdOn(database: PlatformDatabase, environment: string): Promise<HoldRow | undefined> {
  return database.selectFrom('holds').selectAll().where('environment', '=', environment).executeTakeFirst();
}

/** `the upgrade upgrade/acme/environments/Testing to 11.41.0 has held Testing since …` */
function holderText({ operation, workflow, release, environment, since }: HoldRow): string {
  return `the ${operation} ${workflow} to ${release} has held ${environment} since ${since}`;
}

/** Throws `ENVIRONMENT_HELD`, in the transaction in which something would begin that nobody attends to. */
export async function assertHeldByNobody(transaction: PlatformTransaction, environment: string): Promise<void> {
  const held = await holdOn(transaction, environment);
  if (!held) return;
  throw new UpliftError('ENVIRONMENT_HELD', { what: holderText(held), next: `uplift status ${environment}` });
}

/** Who holds a whole environment, under which token, and that everybody else is refused: what the platform was told of it. */
import type { Selectable } from 'kysely';
import { UpliftError } from '../../domain/errors.js';
import type { Fence } from '../../port/fence.js';
import type { Hold } from '../../port/hold.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, type PlatformDatabase, type PlatformTransaction } from './database.js';
import { heldLocks } from './locks.js';
import type { Own } from './own.js';
import type { PlatformTables } from './schema.js';

type HoldRow = Selectable<PlatformTables['holds']>;

export function embeddedFence({ database }: EmbeddedContext): Own<Fence> {
  return {
    standing: ({ environment }) => standing(database, environment),
    raise: ({ environment, hold }) => raise(database, environment, hold),
    seal: async ({ environment, token, sealed }) => {
      await inTransaction(database, async (transaction) => {
        await assertHeld(transaction, environment, token);
        const row = { sealed: sealed ? 1 : 0 };
        await transaction.updateTable('holds').set(row).where('environment', '=', environment).execute();
      });
      if (sealed) await assertNothingUnderWay(database, environment);
    },
    lower: ({ environment, token }) =>
      inTransaction(database, async (transaction) => {
        await transaction
          .deleteFrom('holds')
          .where('environment', '=', environment)
          .where('token', '=', token)
          .execute();
      }),
  };
}

async function standing(database: PlatformDatabase, environment: string): ReturnType<Fence['standing']> {
  const { highest_hold: highest } = await database
    .selectFrom('environments')
    .select('highest_hold')
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const row = await holdOn(database, environment);
  return { hold: row ? asHold(row) : null, highest };
}

export function asHold({ operation, workflow, release, token, first_token: firstToken, since }: HoldRow): Hold {
  return { operation, workflow, release, token, firstToken, since };
}

/** Whoever holds it begins again before the tests: what sealed it is over. */
async function raise(database: PlatformDatabase, environment: string, hold: Hold): Promise<void> {
  const { operation, workflow, release, token, firstToken: first_token, since } = hold;
  const row = { operation, workflow, release, token, first_token, since, sealed: 0 };
  await inTransaction(database, async (transaction) => {
    const { highest_hold: highest } = await transaction
      .selectFrom('environments')
      .select('highest_hold')
      .where('name', '=', environment)
      .executeTakeFirstOrThrow();
    if (token < highest) {
      throw new UpliftError('FENCED', {
        what: `${environment} was told of the token ${highest}: ${workflow} cannot hold it under ${token}`,
        next: 'it is tried again under a higher one',
      });
    }
    await transaction
      .insertInto('holds')
      .values({ environment, ...row })
      .onConflict((conflict) => conflict.column('environment').doUpdateSet(row))
      .execute();
    await transaction
      .updateTable('environments')
      .set({ highest_hold: token })
      .where('name', '=', environment)
      .execute();
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

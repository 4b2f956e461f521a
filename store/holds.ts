/**
 * The hold of an environment: who has all of it for an upgrade or a rollback, under a token that is higher than every one given for it so
 * far. A row stays when nobody holds it, for the token it ends with.
 */
import { UpliftError } from '../domain/errors.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Hold } from '../port/hold.js';
import { nowText, type Store, type StoreTables } from './store.js';

export interface HoldRequest extends Place, Pick<Hold, 'operation' | 'workflow' | 'release'> {
  /** What a driven platform says of the environment: whoever wrote there last, and the highest token it knows. */
  readonly told: { readonly hold: Hold | null; readonly highest: number };
}

/**
 * A workflow takes its own hold again under a fresh token; a rollback takes it over from an upgrade, whose later effects are refused
 * then. Throws `ENVIRONMENT_HELD` while somebody else has it. Key: workflow.
 */
export async function takeHold(store: Store, { told, ...request }: HoldRequest): Promise<Hold> {
  const { infrastructure, environment, operation, workflow, release } = request;
  return store.transaction().execute(async (transaction) => {
    const row = await rowOf(transaction, request);
    const held = row ? holdOf(row) : told.hold;
    const takesOver = operation === 'rollback' && held?.operation === 'upgrade';
    if (held && held.workflow !== workflow && !takesOver) throw heldByOther(request, held);
    const token = Math.max(row?.token ?? 0, told.highest) + 1;
    const goesOn = held !== null && !takesOver;
    const values = {
      ...{ operation, workflow, release, token },
      first_token: goesOn ? held.firstToken : token,
      since: goesOn ? held.since : nowText,
    };
    await transaction
      .insertInto('holds')
      .values({ infrastructure, environment, ...values })
      .onConflict((conflict) => conflict.columns(['infrastructure', 'environment']).doUpdateSet(values))
      .execute();
    const taken = await rowOf(transaction, request);
    const hold = taken && holdOf(taken);
    if (hold) return hold;
    throw new Error(`the hold of ${environment} was not written`);
  });
}

/** Without effect when the token is no longer the newest. */
export async function endHold(
  store: Store,
  { infrastructure, environment, token }: Place & { readonly token: number },
) {
  await store
    .updateTable('holds')
    .set({ operation: null, workflow: null, release: null, first_token: null, since: null })
    .where('infrastructure', '=', infrastructure)
    .where('environment', '=', environment)
    .where('token', '=', token)
    .execute();
}

/** Null: nobody holds it. */
export async function readHold(store: Store, place: Place): Promise<Hold | null> {
  const row = await rowOf(store, place);
  return row ? holdOf(row) : null;
}

function rowOf(store: Store, { infrastructure, environment }: Place) {
  return store
    .selectFrom('holds')
    .selectAll()
    .where('infrastructure', '=', infrastructure)
    .where('environment', '=', environment)
    .executeTakeFirst();
}

function holdOf({ operation, workflow, release, token, first_token, since }: StoreTables['holds']): Hold | null {
  if (operation === null || workflow === null || release === null || since === null) return null;
  return { operation, workflow, release, token, firstToken: first_token, since };
}

function heldByOther({ environment }: Place, { operation, release, since, workflow }: Hold): UpliftError {
  return new UpliftError('ENVIRONMENT_HELD', {
    what: `${environment} is held by the ${operation} to ${release} since ${since}`,
    blockedBy: workflow,
    next: `uplift status ${environment}`,
  });
}

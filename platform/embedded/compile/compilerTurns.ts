/**
 * Whose turn it is to compile, as rows of a small database that all processes of a data folder share. A turn belongs to a process and
 * ends with it, however that ends: its row counts as long as there is the process and it gives signs of life. Two compilers too many, when
 * one was stopped for a while and goes on, do no harm; one turn that is never given back would.
 */
import { type Generated, type Kysely, sql } from 'kysely';
import { openSqlite } from '../../../database/sqlite.js';
import { isThere } from './isThere.js';

/** Who publishes waits for the answer; a preparation works through a list. */
export type CompilePurpose = 'publish' | 'preparation';

export interface Turn {
  /** In the order in which they were asked for. */
  readonly id: number;
  readonly purpose: CompilePurpose;
  begun: boolean;
}

export interface Turns {
  /** One that has begun, where it may, or waits. */
  ask(purpose: CompilePurpose): Promise<Turn>;
  /** Those of `waiting` that may begin by now. */
  mayBegin(waiting: readonly Turn[]): Promise<readonly Turn[]>;
  giveBack(turn: Turn): Promise<void>;
  /** A sign of life of each; those of others that have given none are forgotten. */
  beat(own: readonly Turn[]): Promise<void>;
}

interface TurnTables {
  /** `begun`: 0 or 1. `alive_until`: on the database's clock, as a lease. */
  turns: { id: Generated<number>; purpose: CompilePurpose; begun: number; pid: number; alive_until: number };
  /** One row: publishes that were let go one after the other, since a preparation was. */
  row_of_publishes: { count: number };
}

type Database = Kysely<TurnTables>;

/** Publishes that are let go first while a preparation waits, before it has a turn too. */
const publishesInARow = 3;

/** Milliseconds that a turn lasts without a sign of life: many times as long as from one to the next. */
const usualLease = 5_000;

/** `places`: turns that may have begun at a time. */
export function compilerTurns(file: string, places: number, lease = usualLease): Turns {
  const aliveUntil = sql<number>`unixepoch('subsec') + ${lease / 1000}`;
  let opened: Promise<Database> | undefined;
  return {
    ask: (purpose) =>
      changing(async (database) => {
        const { id } = await database
          .insertInto('turns')
          .values({ purpose, begun: 0, pid: process.pid, alive_until: aliveUntil })
          .returning('id')
          .executeTakeFirstOrThrow();
        return { id, purpose, begun: (await settle(database, places)).has(id) };
      }),
    async mayBegin(waiting) {
      const rows = await (await open()).selectFrom('turns').select('id').where('begun', '=', 1).execute();
      const begun = new Set(rows.map(({ id }) => id));
      return waiting.filter(({ id }) => begun.has(id));
    },
    giveBack: ({ id }) =>
      changing(async (database) => {
        await database.deleteFrom('turns').where('id', '=', id).execute();
        await settle(database, places);
      }),
    beat: (own) =>
      changing(async (database) => {
        for (const { id, purpose, begun } of own) {
          await database
            .insertInto('turns')
            .values({ id, purpose, begun: Number(begun), pid: process.pid, alive_until: aliveUntil })
            .onConflict((conflict) => conflict.column('id').doUpdateSet({ alive_until: aliveUntil }))
            .execute();
        }
        await settle(database, places);
      }),
  };

  async function changing<T>(work: (database: Database) => Promise<T>): Promise<T> {
    return (await open()).transaction().execute(work);
  }

  function open(): Promise<Database> {
    opened ??= openTurns(file).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }
}

async function openTurns(file: string): Promise<Database> {
  const database = openSqlite<TurnTables>(file, { lasting: false });
  try {
    await database.transaction().execute(async (transaction) => {
      for (const statement of tables) await sql.raw(statement).execute(transaction);
    });
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

const tables: readonly string[] = [
  `create table if not exists turns (id integer primary key autoincrement, purpose text not null, begun integer not null,
    pid integer not null, alive_until real not null)`,
  'create table if not exists row_of_publishes (count integer not null)',
  'insert into row_of_publishes select 0 where not exists (select 1 from row_of_publishes)',
];

/** Forgets the turns of the dead and lets as many begin as there are places for. Gives all that have begun. */
async function settle(database: Database, places: number): Promise<ReadonlySet<number>> {
  const alive = await aliveTurns(database);
  const begun = new Set(alive.filter((turn) => turn.begun === 1).map(({ id }) => id));
  const waiting = alive.filter((turn) => turn.begun === 0);
  while (begun.size < places && waiting.length > 0) {
    const { count } = await database.selectFrom('row_of_publishes').select('count').executeTakeFirstOrThrow();
    const [next] = waiting.splice(nextOf(waiting, count), 1);
    if (!next) break;
    begun.add(next.id);
    await database.updateTable('turns').set({ begun: 1 }).where('id', '=', next.id).execute();
    const row = next.purpose === 'publish' ? count + 1 : 0;
    await database.updateTable('row_of_publishes').set({ count: row }).execute();
  }
  return begun;
}

/** In the order in which they were asked for. */
async function aliveTurns(database: Database) {
  const silent = sql<number>`alive_until <= unixepoch('subsec')`.as('silent');
  const turns = await database.selectFrom('turns').selectAll().select(silent).orderBy('id').execute();
  const dead = new Set(turns.filter((turn) => turn.silent === 1 || !isThere(turn.pid)));
  for (const { id } of dead) await database.deleteFrom('turns').where('id', '=', id).execute();
  return turns.filter((turn) => !dead.has(turn));
}

/** The place in `waiting` of who begins next, of at least one. */
function nextOf(waiting: readonly { readonly purpose: CompilePurpose }[], publishesBefore: number): number {
  const first = (wanted: CompilePurpose) => waiting.findIndex(({ purpose }) => purpose === wanted);
  const [publish, preparation] = [first('publish'), first('preparation')];
  return publish >= 0 && (preparation < 0 || publishesBefore < publishesInARow) ? publish : preparation;
}

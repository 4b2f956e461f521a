/** What a restore loses: application data that was written since the snapshot (LIVE-05). */
import type { Loss } from '../../../port/snapshots.js';
import { type Connection, quoted, type Table, tablesOf } from './sqlite.js';

/** What was written, whoever wrote it. */
export type Written = Omit<Loss, 'behindTheDoor'>;

/** When the snapshot was taken and when it is restored, ISO 8601 UTC. */
export interface Between {
  readonly takenAt: string;
  readonly now: string;
}

/** The column in which applications keep when a row was stored, ISO 8601 UTC. */
const createdOn = 'created_on';

/** Rows that are not in the attached snapshot, or not with the same content. A row deleted since comes back and is no loss. */
export async function countLost(connection: Connection, between: Between): Promise<Written> {
  const kept = new Map((await tablesOf(connection, 'snapshot')).map((table) => [table.name, table]));
  let lost: Written = { rows: 0, from: between.takenAt, to: between.takenAt };
  for (const table of await tablesOf(connection, 'main')) {
    if (table.kind !== 'content') continue;
    const written = await writtenSince(connection, table, kept.get(table.name));
    if (written.rows > 0) lost = together(lost, { rows: written.rows, ...spanOf(written, between) });
  }
  return lost;
}

interface WrittenRows {
  readonly rows: number;
  /** Of `created_on`, where there is one. */
  readonly first: string | null;
  readonly last: string | null;
}

async function writtenSince(connection: Connection, table: Table, kept: Table | undefined): Promise<WrittenRows> {
  const [row] = await connection.all<WrittenRows>(
    `select count(*) as rows, ${spanColumns(table)} from (${rowsOf(table)}${kept ? ` except ${keptRows(table, kept)}` : ''})`,
  );
  return row ?? { rows: 0, first: null, last: null };
}

function spanColumns({ columns }: Table): string {
  return columns.includes(createdOn)
    ? `min(${createdOn}) as first, max(${createdOn}) as last`
    : 'null as first, null as last';
}

function rowsOf({ name, key, columns }: Table): string {
  return `select ${[...key, ...columns.map(quoted)].join(', ')} from main.${quoted(name)}`;
}

/** In the columns of today: what is in a column that was added since is lost, an empty one is not. */
function keptRows({ key, columns }: Table, { name, key: keptKey, columns: keptColumns }: Table): string {
  const values = columns.map((column) => (keptColumns.includes(column) ? quoted(column) : 'null'));
  const keys = key.map((column) => (keptKey.includes(column) ? column : 'null'));
  return `select ${[...keys, ...values].join(', ')} from snapshot.${quoted(name)}`;
}

/** From row to row when all of them were created since; one that was changed may have been so at any moment since. */
function spanOf(
  { first, last }: WrittenRows,
  { takenAt, now }: Between,
): { readonly from: string; readonly to: string } {
  const created = first === null ? Number.NaN : Date.parse(first);
  if (last === null || !(created >= Date.parse(takenAt))) return { from: takenAt, to: now };
  return { from: new Date(created).toISOString(), to: new Date(last).toISOString() };
}

function together(a: Written, b: Written): Written {
  if (a.rows === 0) return b;
  const from = [a.from, b.from].sort()[0] ?? a.from;
  const to = [a.to, b.to].sort()[1] ?? a.to;
  return { rows: a.rows + b.rows, from, to };
}

/** Claiming the next group of a preparation: which units, under which token (PREP-03, PREP-04, PREP-06, PREP-07). */
import { sql } from 'kysely';
import type { ModuleGraph, UnitId } from '../../../domain/modules/graph.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { skipCauses } from '../../../domain/modules/preparation.js';
import type { Turn } from '../../../port/preparation.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { whoIsBefore } from '../fence.js';
import { heldLocks, takeLocks } from '../locks.js';
import { type FactoryModules, readModules } from '../moduleGraph.js';
import type { ModuleRow } from '../schema.js';
import { abandonClaims } from './abandon.js';
import { chooseUnits } from './chooseUnits.js';

export interface Claim {
  readonly kind: 'claimed';
  readonly preparation: number;
  readonly environment: string;
  readonly release: string;
  readonly group: number;
  readonly token: number;
  /** In dependency order. */
  readonly units: readonly ClaimedUnit[];
  /** The factory as it stood when the group was claimed. */
  readonly factory: FactoryModules;
}

export interface ClaimedUnit {
  readonly id: UnitId;
  readonly members: readonly ModuleRow[];
  /** Modules of other units that it consumes. */
  readonly producers: readonly ModuleName[];
}

/** How long to wait when producers are held elsewhere, in milliseconds. A publish takes about that long. */
const waitForOthers = 1_000;

export async function claimGroup(
  { database, settings }: EmbeddedContext,
  { preparation, claimedBy, unattended = false }: { preparation: number; claimedBy: string; unattended?: boolean },
): Promise<Claim | Exclude<Turn, { kind: 'group' }>> {
  return inTransaction(database, async (transaction) => {
    const execution = await transaction
      .selectFrom('preparations')
      .selectAll()
      .where('id', '=', preparation)
      .executeTakeFirstOrThrow();
    if (execution.status !== 'running') return { kind: 'nothing pending' };
    const { environment, release } = execution;
    const by = await whoIsBefore(transaction, environment, { unattended });
    if (by !== undefined) return { kind: 'held', by };

    await abandonClaims(transaction, environment, { claimedBy });
    const found = await readModules(transaction, environment);
    const skipped = await skipBelowFailures(transaction, environment, found.graph);
    const factory = skipped === 0 ? found : await readModules(transaction, environment);
    const left = [...factory.modules.values()].filter(
      ({ state }) => state === 'pending' || state === 'preparing',
    ).length;
    const chosen = chooseUnits(factory, await heldLocks(transaction, environment), settings);
    if (chosen.length === 0)
      return left === 0 ? { kind: 'nothing pending' } : { kind: 'waiting', retryIn: waitForOthers, left };

    const units = chosen.map((id) => claimedUnit(factory, id));
    const names = units.flatMap((unit) => unit.members.map(({ name }) => name));
    const token = await takeLocks(transaction, {
      environment,
      modules: names,
      operation: 'Modules upgrade',
      holder: 'Compiler Service',
      claimedBy,
      lease: settings.lease,
    });
    const group = await startGroup(transaction, { preparation, environment, token, names });
    return { kind: 'claimed', preparation, environment, release, group, token, units, factory };
  });
}

/** Names the root and the path for every pending module below a failed, missing or never published one (PREP-07). Returns how many. */
export async function skipBelowFailures(
  transaction: PlatformTransaction,
  environment: string,
  graph: ModuleGraph,
): Promise<number> {
  const rows = await transaction
    .selectFrom('modules')
    .select(['name', 'state'])
    .where('environment', '=', environment)
    .execute();
  const causes = skipCauses(graph, new Map(rows.map(({ name, state }) => [name, state])));
  for (const [name, cause] of causes) {
    await transaction
      .updateTable('modules')
      .set({ state: 'skipped', cause: JSON.stringify(cause), diagnostics: null, token: null })
      .where('environment', '=', environment)
      .where('name', '=', name)
      .where('state', '=', 'pending')
      .execute();
  }
  return causes.size;
}

export function claimedUnit(factory: FactoryModules, id: UnitId): ClaimedUnit {
  const names = factory.graph.units.get(id)?.members ?? [];
  const members = names.flatMap((name) => factory.modules.get(name) ?? []);
  const producers = new Set(names.flatMap((name) => factory.producersOf(name)).filter((name) => !names.includes(name)));
  return { id, members, producers: [...producers].sort() };
}

async function startGroup(
  transaction: PlatformTransaction,
  {
    preparation,
    environment,
    token,
    names,
  }: { preparation: number; environment: string; token: number; names: readonly ModuleName[] },
): Promise<number> {
  const { last } = await transaction
    .selectFrom('preparation_groups')
    .select(sql<number>`coalesce(max(number), 0)`.as('last'))
    .where('preparation', '=', preparation)
    .executeTakeFirstOrThrow();
  const number = last + 1;
  await transaction
    .insertInto('preparation_groups')
    .values({ preparation, number, token, status: 'running', modules: JSON.stringify(names), started_at: nowText })
    .execute();
  await transaction
    .updateTable('modules')
    .set({ state: 'preparing', token })
    .where('environment', '=', environment)
    .where('name', 'in', names)
    .execute();
  await transaction
    .insertInto('attempts')
    .values(
      names.map((module) => ({
        environment,
        module,
        preparation,
        group_number: number,
        token,
        started_at: nowText,
        outcome: 'running' as const,
      })),
    )
    .execute();
  return number;
}

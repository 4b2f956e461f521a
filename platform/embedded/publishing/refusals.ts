/** When Service Center says no, in the vendor's words (PREP-05, PREP-06). */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName, Operation } from '../../../domain/modules/module.js';
import { canPublish, lockedText, unpreparedProducers } from '../../../domain/modules/publication.js';
import type { PlatformDatabase } from '../database.js';
import { heldLocks, shownLock } from '../locks.js';
import { type FactoryModules, statesIn } from '../moduleGraph.js';

export async function assertFree(
  database: PlatformDatabase,
  request: {
    environment: string;
    modules: readonly ModuleName[];
    operation: Operation;
    user: string;
    claimedBy: string;
  },
): Promise<void> {
  const { environment, modules, operation, user, claimedBy } = request;
  const locks = await heldLocks(database, environment);
  for (const module of modules) {
    const lock = locks.get(module);
    if (!lock || lock.claimed_by === claimedBy) continue;
    throw new UpliftError('MODULE_LOCKED', {
      what: lockedText({
        operation,
        user,
        at: new Date().toISOString(),
        module,
        lock: shownLock(lock),
      }),
      next: `uplift modules ${environment} shows when it is free`,
    });
  }
}

/**
 * A module is publishable as soon as every module it consumes is prepared: directly or not, for a producer's compilation runs with
 * what it was compiled against. The first that is not, of the nearest, is named.
 */
export function assertProducersPrepared(
  factory: FactoryModules,
  module: ModuleName,
  environment: string,
  release: string,
): void {
  const decision = canPublish(nearestUnprepared(factory, module, release));
  if (decision.kind === 'publish') return;
  throw new UpliftError('PRODUCER_NOT_PREPARED', {
    what: decision.text,
    next: `uplift why ${environment} ${decision.producers[0]}`,
  });
}

function nearestUnprepared(
  { graph, modules }: FactoryModules,
  module: ModuleName,
  release: string,
): readonly ModuleName[] {
  const states = statesIn(modules, release);
  const seen = new Set([module]);
  for (let level: readonly ModuleName[] = [module]; level.length > 0; ) {
    const unprepared = level.flatMap((name) => unpreparedProducers(graph, states, name));
    if (unprepared.length > 0) return unprepared.sort();
    level = level
      .flatMap((name) => graph.units.get(graph.unitOf.get(name) ?? '')?.members ?? [])
      .flatMap((name) => graph.references.get(name) ?? [])
      .filter((name) => !seen.has(name) && seen.add(name));
  }
  return [];
}

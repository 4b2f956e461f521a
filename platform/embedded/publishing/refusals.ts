/** When Service Center says no, in the vendor's words (PREP-05, PREP-06). */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName, Operation } from '../../../domain/module.js';
import { lockedText, producerNotPreparedText } from '../../../domain/publication.js';
import type { PlatformDatabase } from '../database.js';
import { heldLocks } from '../locks.js';
import type { FactoryModules } from '../moduleGraph.js';
import type { ClaimedUnit } from '../preparation/claim.js';

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
        lock: { operation: lock.operation, holder: lock.holder, since: lock.since },
      }),
      next: `uplift modules ${environment} shows when it is free`,
    });
  }
}

/** A module is publishable as soon as every module it consumes is prepared; the first that is not is named. */
export function assertProducersPrepared(
  factory: FactoryModules,
  unit: ClaimedUnit,
  environment: string,
  release: string,
): void {
  const unprepared = unit.producers.find((name) => {
    const row = factory.modules.get(name);
    return row?.state !== 'prepared' || row.release !== release;
  });
  if (unprepared === undefined) return;
  throw new UpliftError('PRODUCER_NOT_PREPARED', {
    what: producerNotPreparedText(unprepared),
    next: `uplift why ${environment} ${unprepared}`,
  });
}

/** Which units a group is made of: how far each is, and which of those that can go on come next (PREP-03). */
import type { UnitId } from '../../../domain/modules/graph.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { nextGroup, type UnitProgress } from '../../../domain/modules/schedule.js';
import type { EmbeddedSettings } from '../context.js';
import type { FactoryModules } from '../moduleGraph.js';
import type { LockRow, ModuleRow } from '../schema.js';

/** Failures of a group for no module's fault, after which its units are tried one by one. */
export const faultsBeforeSplit = 3;

/**
 * The next group, in dependency order; empty when nothing can go on now. Units whose groups kept failing for no fault of theirs wait
 * until nothing else is left and go alone.
 */
export function chooseUnits(
  factory: FactoryModules,
  locks: ReadonlyMap<ModuleName, LockRow>,
  { lanes, groupUnits }: Pick<EmbeddedSettings, 'lanes' | 'groupUnits'>,
): readonly UnitId[] {
  const progress = unitProgress(factory, locks);
  const alone = [...progress]
    .filter(([id, state]) => state === 'pending' && faultsOf(factory, id) >= faultsBeforeSplit)
    .map(([id]) => id);
  for (const id of alone) progress.set(id, 'preparing');
  const group = nextGroup(factory.graph, progress, { units: groupUnits, lanes });
  if (group.length > 0) return group;
  const ready = alone.find((id) =>
    factory.graph.units.get(id)?.producers.every((producer) => progress.get(producer) === 'prepared'),
  );
  return ready ? [ready] : [];
}

/**
 * A unit that is prepared while something that it consumes is not yet may still become pending: its consumers wait, rather than be
 * compiled twice.
 */
function unitProgress(factory: FactoryModules, locks: ReadonlyMap<ModuleName, LockRow>): Map<UnitId, UnitProgress> {
  const progress = new Map<UnitId, UnitProgress>();
  const isOpen = (id: UnitId) => progress.get(id) === 'pending' || progress.get(id) === 'preparing';
  for (const [id, { members, producers }] of factory.graph.units) {
    const rows = members.map((name) => factory.modules.get(name));
    const own = progressOf(rows, locks);
    progress.set(id, own === 'prepared' && producers.some(isOpen) ? 'preparing' : own);
  }
  return progress;
}

/** A unit is as far as the member that is behind most; one that somebody else has locked is being worked on. */
function progressOf(
  members: readonly (ModuleRow | undefined)[],
  locks: ReadonlyMap<ModuleName, LockRow>,
): UnitProgress {
  if (members.every((row) => row?.state === 'prepared')) return 'prepared';
  if (members.some((row) => !row || ['failed', 'skipped', 'not applicable'].includes(row.state))) return 'blocked';
  if (members.some((row) => row && locks.has(row.name))) return 'preparing';
  return 'pending';
}

function faultsOf(factory: FactoryModules, id: UnitId): number {
  const members = factory.graph.units.get(id)?.members ?? [];
  return Math.max(0, ...members.map((name) => factory.modules.get(name)?.faults ?? 0));
}

/**
 * When a module can be published, and what people read when it cannot. The texts are the vendor's, word for word, so that scripts
 * that know them go on working.
 */
import type { ModuleGraph } from './graph.js';
import type { Lock, ModuleName, ModuleState, Operation } from './module.js';

/** Who wants to do what to a module that somebody has locked. `at` is ISO 8601 UTC. */
export interface LockedAttempt {
  readonly operation: Operation;
  readonly user: string;
  readonly at: string;
  readonly module: ModuleName;
  readonly lock: Lock;
}

/** Refuses an operation on a locked module (PREP-05, DEP-03). */
export function lockedText({ operation, user, at, module, lock }: LockedAttempt): string {
  return `The ${operation} started by ${user} at ${at} can't proceed because there is an ongoing ${lock.operation}, started by ${lock.holder} at ${lock.since}, that is locking '${module}' module.`;
}

/** Status of a module that has not been compiled in the environment's release (PREP-06). */
export const notUpgradedText =
  "This Module hasn't been upgraded to the current environment version. Please publish the module. Alternatively, run another environment upgrade.";

/** Refuses the publish of a consumer before its producer (PREP-06). */
export function producerNotPreparedText(producer: ModuleName): string {
  return `Producer module '${producer}' hasn't been prepared for the current OutSystems environment version. The Preparation of Modules may not have finished yet, failed, or it is on hold. Check Service Center for more details or try to publish '${producer}'.`;
}

/** The same refusal as the environment's error log has it. */
export function oldProducerText(producer: ModuleName): string {
  return `Old Producer: ${producerNotPreparedText(producer)}`;
}

/**
 * The modules that have to be prepared before `module` can be published: what its unit consumes directly and is not prepared,
 * including modules that do not exist. In alphabetical order.
 */
export function unpreparedProducers(
  graph: ModuleGraph,
  states: ReadonlyMap<ModuleName, ModuleState>,
  module: ModuleName,
): readonly ModuleName[] {
  const members = graph.units.get(graph.unitOf.get(module) ?? '')?.members ?? [];
  const producers = members.flatMap((name) => [
    ...(graph.references.get(name) ?? []),
    ...(graph.missing.get(name) ?? []),
  ]);
  return [...new Set(producers)]
    .filter((producer) => !members.includes(producer) && states.get(producer) !== 'prepared')
    .sort();
}

export type PublishDecision =
  | { readonly kind: 'publish' }
  /** `text` names the first of `producers`; publishing that one is the next step. */
  | { readonly kind: 'refused'; readonly text: string; readonly producers: readonly ModuleName[] };

/** A module can be published as soon as every module it consumes is prepared (PREP-06). */
export function canPublish(unprepared: readonly ModuleName[]): PublishDecision {
  const [first] = unprepared;
  if (first === undefined) return { kind: 'publish' };
  return { kind: 'refused', text: producerNotPreparedText(first), producers: unprepared };
}

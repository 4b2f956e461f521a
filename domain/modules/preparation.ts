/** Decisions of a modules preparation: whom a failure stops, how far it is, how it ended, what it tells people. */
import type { ModuleGraph } from './graph.js';
import type { ModuleName, ModuleState, SkipCause } from './module.js';

/** How many modules of one preparation stand where; `left`: pending or being prepared. */
export interface PreparationCounts {
  readonly prepared: number;
  readonly failed: number;
  readonly skipped: number;
  readonly left: number;
}

/** `failed`: the step itself, before or beside any module. `stopped`: somebody cancelled it. */
export type PreparationStatus = 'running' | 'finished' | 'finished with errors' | 'stopped' | 'failed';

/**
 * The pending modules that cannot be prepared, each with its cause (PREP-07). Roots are modules that failed, are not applicable or
 * do not exist; a skipped module whose root has been repaired meanwhile is one itself. A module that is prepared or being prepared
 * stops the search: its consumers have what they need, or wait for its verdict. A module without an entry in `states` is pending.
 *
 * The path is the shortest; of several, the one to the alphabetically first root. O(V + E), beside the length of the paths.
 */
export function skipCauses(
  graph: ModuleGraph,
  states: ReadonlyMap<ModuleName, ModuleState>,
): ReadonlyMap<ModuleName, SkipCause> {
  const stateOf = (module: ModuleName): ModuleState => states.get(module) ?? 'pending';
  const modules = [...graph.references.keys()];
  const roots = modules.filter((module) => stateOf(module) === 'failed' || stateOf(module) === 'not applicable');
  const missing = new Set([...graph.missing.values()].flat());
  const consumers = consumersByModule(graph);
  const stopped = (module: ModuleName) => stateOf(module) === 'pending' || stateOf(module) === 'skipped';

  const towardsRoot: TowardsRoot = new Map();
  spread(towardsRoot, [...roots, ...missing].sort(), consumers, stopped);
  const withoutRoot = modules.filter((module) => stateOf(module) === 'skipped' && !towardsRoot.has(module));
  spread(towardsRoot, withoutRoot, consumers, stopped);

  const causes = new Map<ModuleName, SkipCause>();
  for (const module of modules) {
    if (stateOf(module) === 'pending' && towardsRoot.has(module)) causes.set(module, causeOf(towardsRoot, module));
  }
  return causes;
}

/** Share of this preparation's modules that have a verdict, in whole percent; 100 only when all have. */
export function percentDone({ prepared, failed, skipped, left }: PreparationCounts): number {
  const done = prepared + failed + skipped;
  return left === 0 ? 100 : Math.floor((100 * done) / (done + left));
}

/**
 * Milliseconds until the end, at the pace so far; `undefined` until something was measured. `elapsed` is in milliseconds, the costs
 * are in the unit of `ModuleNode.cost`; modules that were skipped belong to neither cost.
 */
export function timeLeft(elapsed: number, costDone: number, costLeft: number): number | undefined {
  if (costLeft <= 0) return 0;
  return elapsed > 0 && costDone > 0 ? Math.round((elapsed / costDone) * costLeft) : undefined;
}

/** Modules that are left count as errors: **Prepare** has to be selected again for them. */
export function finalStatus({ failed, skipped, left }: PreparationCounts): 'finished' | 'finished with errors' {
  return failed + skipped + left === 0 ? 'finished' : 'finished with errors';
}

/** The banner of Service Center, line by line (PREP-10); the texts are the vendor's, but for a stopped preparation. */
export function banner(
  preparation: PreparationCounts & {
    readonly status: PreparationStatus;
    readonly release: string;
    /** Of this preparation's modules, as everything else shows it. */
    readonly percent: number;
  },
): readonly string[] {
  const { status, release, percent, prepared, failed, skipped, left } = preparation;
  switch (status) {
    case 'running':
      return [
        `The first step of the upgrade process has finished. This environment has been successfully upgraded to Platform Server version (${release})`,
        `We are now preparing your modules - ${percent}%`,
      ];
    case 'finished':
      return ['This environment is ready (Release Notes)', 'No further actions are required.'];
    case 'finished with errors':
      return [
        'There were errors preparing some modules.',
        `${prepared} modules prepared successfully, ${failed} modules failed and ${skipped} modules skipped.`,
      ];
    case 'stopped':
      return [
        'The preparation of your modules was stopped.',
        `${left} ${left === 1 ? 'module is' : 'modules are'} left. Prepare goes on with them.`,
      ];
    case 'failed':
      return ['There was an error preparing your modules.'];
  }
}

/** What to do after errors, step by step (PREP-11); `unfinished` are the failed and skipped modules. */
export function advice(graph: ModuleGraph, unfinished: readonly ModuleName[]): readonly string[] {
  return [
    'Prepare again: only modules that failed, were skipped or were never started are taken.',
    `If the errors persist, publish the failed and skipped modules, producers first: ${someOf(producersFirst(graph, unfinished))}.`,
    'If publishing fails too, contact support and send the exported details of this preparation.',
    'Such errors are mostly caused by the platform, not by your modules: publishing all applications would meet them too.',
  ];
}

/** `modules` in an order in which they can be published one by one. */
export function producersFirst({ units }: ModuleGraph, modules: readonly ModuleName[]): readonly ModuleName[] {
  const wanted = new Set(modules);
  return [...units.values()].flatMap(({ members }) => members.filter((module) => wanted.has(module)));
}

/** For each module that cannot be prepared the producer that leads to its root; `undefined` for a root. */
type TowardsRoot = Map<ModuleName, ModuleName | undefined>;

function spread(
  towardsRoot: TowardsRoot,
  roots: readonly ModuleName[],
  consumers: ReadonlyMap<ModuleName, readonly ModuleName[]>,
  stopped: (module: ModuleName) => boolean,
): void {
  for (const root of roots) towardsRoot.set(root, undefined);
  const reached = [...roots];
  for (const producer of reached) {
    for (const consumer of consumers.get(producer) ?? []) {
      if (!stopped(consumer) || towardsRoot.has(consumer)) continue;
      towardsRoot.set(consumer, producer);
      reached.push(consumer);
    }
  }
}

function causeOf(towardsRoot: TowardsRoot, skipped: ModuleName): SkipCause {
  const path = [skipped];
  for (let next = towardsRoot.get(skipped); next !== undefined; next = towardsRoot.get(next)) path.push(next);
  return { module: path.at(-1) ?? skipped, path };
}

/** In alphabetical order; of modules that do not exist too. */
function consumersByModule({ references, missing }: ModuleGraph): ReadonlyMap<ModuleName, readonly ModuleName[]> {
  const consumers = new Map<ModuleName, ModuleName[]>();
  for (const [consumer, producers] of references) {
    for (const producer of [...producers, ...(missing.get(consumer) ?? [])]) {
      const list = consumers.get(producer);
      if (list) list.push(consumer);
      else consumers.set(producer, [consumer]);
    }
  }
  return consumers;
}

function someOf(names: readonly string[], atMost = 10): string {
  const more = names.length - atMost;
  return more > 0 ? `${names.slice(0, atMost).join(', ')} and ${more} more` : names.join(', ');
}

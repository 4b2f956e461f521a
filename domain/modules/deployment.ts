/** Decisions of Deploy All: which modules it deploys, how it ended, and whether the environment is fully upgraded. */
import type { ModuleName, ModuleState } from './module.js';
import { percentDone } from './preparation.js';

/** A module as Deploy All finds it. An instance id names one compilation for one release, with the producers it was linked to. */
export interface DeployableModule {
  readonly name: ModuleName;
  readonly state: ModuleState;
  /** Why it is failed or skipped: the compiler's first message, or the module at the root. */
  readonly cause?: string | undefined;
  /** Its latest successful compilation in the environment's release; `undefined` when there is none. */
  readonly instance: string | undefined;
  /** What every front end runs; `undefined` when it was never deployed. */
  readonly deployedInstance: string | undefined;
  /** How its last deployment ended; some front ends may have it although it failed. */
  readonly lastOutcome?: 'deployed' | 'failed' | undefined;
}

export type DeploymentDecision =
  | { readonly kind: 'deploy'; readonly instance: string }
  | { readonly kind: 'skip'; readonly reason: string };

/**
 * What Deploy All does with a module (DEP-02). The same decision serves the next **Deploy**: what was deployed is skipped, what
 * failed or was prepared since is taken (DEP-05).
 */
export function deploymentDecision(module: DeployableModule): DeploymentDecision {
  switch (module.state) {
    case 'prepared':
      if (module.instance === undefined) return { kind: 'skip', reason: 'not prepared yet' };
      if (isDeployed(module)) return { kind: 'skip', reason: 'already deployed' };
      return { kind: 'deploy', instance: module.instance };
    case 'failed':
      return { kind: 'skip', reason: withCause('compilation failed', module.cause) };
    case 'skipped':
      return { kind: 'skip', reason: withCause('skipped', module.cause) };
    case 'pending':
    case 'preparing':
      return { kind: 'skip', reason: 'not prepared yet' };
    case 'not applicable':
      return { kind: 'skip', reason: 'never published' };
  }
}

/** Modules of one execution by outcome; `left`: neither deployed nor failed. */
export interface DeploymentCounts {
  readonly deployed: number;
  readonly failed: number;
  readonly left: number;
}

/** Nothing to deploy is a good end. Modules that are left count as errors: **Deploy** has to be selected again for them. */
export function deploymentStatus({
  deployed,
  failed,
  left,
}: DeploymentCounts): 'nothing to deploy' | 'finished' | 'finished with errors' {
  if (failed + left > 0) return 'finished with errors';
  return deployed > 0 ? 'finished' : 'nothing to deploy';
}

/** Share of the modules to deploy that have ended, well or not, in whole percent. Those that are left out take no time: they count for nothing. */
export function deployedPercent({ deployed, failed, left }: DeploymentCounts): number {
  return percentDone({ prepared: deployed, failed, skipped: 0, left });
}

export type UpgradeState =
  | { readonly kind: 'fully upgraded' }
  | { readonly kind: 'not fully upgraded'; readonly left: readonly { module: ModuleName; reason: string }[] };

/** Fully upgraded: every module that was ever published runs its latest compilation in the environment's release (DEP-06). */
export function upgradeState(modules: readonly DeployableModule[]): UpgradeState {
  const left = modules
    .filter((module) => module.state !== 'not applicable' && !isDeployed(module))
    .map((module) => ({ module: module.name, reason: whyNotDeployed(module) }));
  return left.length === 0 ? { kind: 'fully upgraded' } : { kind: 'not fully upgraded', left };
}

export interface Drift {
  readonly module: ModuleName;
  readonly change: 'published' | 'added' | 'deleted';
}

/**
 * What changed since Deploy All, by instance ids per module: `then` as it left them, `now` as they run. Reported, never refused
 * (DEP-06). In alphabetical order.
 */
export function drift(then: ReadonlyMap<ModuleName, string>, now: ReadonlyMap<ModuleName, string>): readonly Drift[] {
  const changes: Drift[] = [];
  for (const module of [...new Set([...then.keys(), ...now.keys()])].sort()) {
    if (!then.has(module)) changes.push({ module, change: 'added' });
    else if (!now.has(module)) changes.push({ module, change: 'deleted' });
    else if (then.get(module) !== now.get(module)) changes.push({ module, change: 'published' });
  }
  return changes;
}

function isDeployed({ state, instance, deployedInstance, lastOutcome }: DeployableModule): boolean {
  const latest = state === 'prepared' && instance !== undefined && deployedInstance === instance;
  return latest && lastOutcome !== 'failed';
}

function whyNotDeployed(module: DeployableModule): string {
  const decision = deploymentDecision(module);
  if (decision.kind === 'skip') return decision.reason;
  return module.lastOutcome === 'failed' ? 'deployment failed' : 'not deployed yet';
}

function withCause(what: string, cause: string | undefined): string {
  return cause ? `${what}: ${cause}` : what;
}

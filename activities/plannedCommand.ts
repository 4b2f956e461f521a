/** The command that people have approved for a capability of an environment: read from the plan where it is stored, and from nowhere else. */
import type { Command } from '../domain/commands/command.js';
import { UpliftError } from '../domain/errors.js';
import { isCapability, providerOf } from '../domain/infrastructure/provider.js';
import { planOpened } from '../store/gates.js';
import { loadPlan } from '../store/plans.js';
import type { Store } from '../store/store.js';
import { environmentOf } from './planToFollow.js';

interface Planned {
  /** `acme#7` */
  readonly upgrade: string;
  /** Its hash. */
  readonly plan: string;
  readonly infrastructure: string;
  readonly environment: string;
  readonly capability: string;
}

/**
 * Throws `PLAN_UNKNOWN`, `PLAN_CORRUPTED` when what is stored is not what was approved, and `COMMAND_REFUSED` when nobody has approved the plan
 * for this upgrade, or when it has no command there.
 */
export type CommandOf = (planned: Planned) => Promise<Command>;

export function commandOfPlan(store: Store): CommandOf {
  return async ({ upgrade, plan, infrastructure, environment, capability }) => {
    const decisions = await loadPlan(store, plan);
    const ofUpgrade = decisions.infrastructure === infrastructure && (await planOpened(store, { upgrade, plan }));
    if (!ofUpgrade) {
      throw new UpliftError('COMMAND_REFUSED', {
        what: `The plan ${plan} is not approved for ${upgrade}: nothing of it is run`,
        next: 'uplift upgrade, and approve its plan',
      });
    }
    const provider = isCapability(capability)
      ? providerOf(environmentOf(decisions, environment), capability)
      : undefined;
    if (provider?.kind === 'command') return provider.command;
    throw new UpliftError('COMMAND_REFUSED', {
      what: `The plan ${plan} has no command that does ${capability} in ${environment}`,
      next: 'write one in uplift.yaml, and make a new plan',
    });
  };
}

/** What an approved plan has left to do in an environment, as it stands now: all of it, its applications, or nothing (VER-10). */

import type { ModuleName, ModuleState, SkipCause } from '../modules/module.js';
import { isOn } from '../releases/version.js';
import type { EnvironmentDecisions } from './plan.js';
import { plannedSteps } from './plannedStep.js';

/** What the platform says now. */
export interface Standing {
  /** Of server, Service Center and System Components, which count as one server only together (SELF-01); null: unknown. */
  readonly releases: readonly (string | null)[];
  /** An upgrade that ended on its way, or a rollback, keeps it: what is done of it is theirs to know. */
  readonly held: boolean;
  /** Null: they are not listed. */
  readonly modules: readonly ModuleStanding[] | null;
}

export interface ModuleStanding {
  readonly name: ModuleName;
  /** Null: unknown, as whether it is up to date. */
  readonly state: ModuleState | null;
  readonly deployedRelease: string | null;
  readonly upToDate: boolean | null;
  readonly cause: SkipCause | null;
}

/** The upgrade to the target that ended there last, by whichever plan, unless a rollback came after it. */
export interface EndedUpgrade {
  /** Its tests met the applications on the target. */
  readonly tested: boolean;
  /** Failed modules that people accepted as they are. */
  readonly acceptedModules: readonly ModuleName[];
}

export type Remaining =
  | { readonly kind: 'everything' }
  /** `modules`: those that are neither on the target nor accepted; without any only the tests are left. Null: nobody can tell. */
  | { readonly kind: 'applications'; readonly modules: readonly ModuleName[] | null }
  | { readonly kind: 'nothing' };

export function remaining(
  { to, applications }: Pick<EnvironmentDecisions, 'to' | 'applications'>,
  { releases, held, modules }: Standing,
  ended: EndedUpgrade | undefined,
): Remaining {
  if (held || releases.some((release) => release === null || !isOn(release, to))) return { kind: 'everything' };
  const untold = modules === null || modules.some((one) => isLeft(one, to) === null);
  // The evidence of an upgrade that ended there speaks for modules of which nothing else is known.
  if (untold && !ended) return { kind: 'applications', modules: null };
  const accepted = ended?.acceptedModules ?? [];
  const left = (modules ?? []).filter((one) => isLeft(one, to) && !isAccepted(one, accepted));
  const names = left.map(({ name }) => name);
  if (applications !== 'gradual') {
    return ended && left.length === 0 ? { kind: 'nothing' } : { kind: 'applications', modules: names };
  }
  const unprepared = left.filter(({ state }) => state !== 'prepared').map(({ name }) => name);
  if (!ended || unprepared.length > 0) return { kind: 'applications', modules: unprepared };
  // Whatever is prepared is for the teams to publish. Once they have, it is tested.
  return left.length > 0 || ended.tested ? { kind: 'nothing' } : { kind: 'applications', modules: [] };
}

/**
 * The decisions that are left of approved ones, where the server runs the target and nobody holds the environment: as for any
 * upgrade without a server step, nothing keeps users out (VER-10).
 */
export function withoutServer(decisions: EnvironmentDecisions): EnvironmentDecisions {
  const { to, applications, gates } = decisions;
  const strategy = 'in place';
  return {
    ...decisions,
    from: to,
    strategy,
    steps: plannedSteps({ strategy, server: false, applications }),
    halves: [],
    gates: gates.filter(({ name }) => name !== 'window' && name !== 'go live'),
  };
}

/** How many of them have been published and do not run their newest compilation on the target; null: nobody can tell. */
export function countLeft(modules: readonly ModuleStanding[] | null, to: string): number | null {
  const left = modules?.map((module) => isLeft(module, to));
  return left === undefined || left.includes(null) ? null : left.filter((one) => one).length;
}

/** Whether it has been published and does not run its newest compilation on the target; null: nobody can tell. */
function isLeft({ state, upToDate, deployedRelease }: ModuleStanding, to: string): boolean | null {
  if (state === 'not applicable') return false;
  if (state !== null && state !== 'prepared') return true;
  if (state === null || upToDate === null) return null;
  return !upToDate || deployedRelease === null || !isOn(deployedRelease, to);
}

function isAccepted({ name, cause }: ModuleStanding, accepted: readonly ModuleName[]): boolean {
  return accepted.includes(name) || (cause !== null && accepted.includes(cause.module));
}

/** Of the plan's front ends those that do not serve on the release yet, in their order. */
export function frontEndsLeft(
  planned: readonly string[],
  release: string,
  facts: readonly {
    readonly name: string;
    readonly release: string | null;
    readonly traffic: 'serving' | 'drained' | null;
  }[],
): readonly string[] {
  // Where its traffic is not known, its release is what was told of it once it was done.
  const done = facts.filter(({ release: on, traffic }) => on !== null && isOn(on, release) && traffic !== 'drained');
  return planned.filter((name) => !done.some((frontEnd) => frontEnd.name === name));
}

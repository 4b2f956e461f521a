/** What is decided for one environment of a plan: its steps, how users meet the new release, when it may be touched, who approves. */

import { halvesOf } from '../goLive/halves.js';
import {
  type ApplicationsWay,
  type Environment,
  hotPointsOf,
  type Infrastructure,
} from '../infrastructure/infrastructure.js';
import { environmentGates } from './gateDecision.js';
import type { EnvironmentDecisions, PlanPart } from './plan.js';
import { type PlannedStrategy, plannedSteps } from './plannedStep.js';

/** Zero downtime has halves in every zone: whether that is possible was looked at before. */
export function environmentDecisions(
  { toUpgrade, path }: PlanPart,
  to: string,
  infrastructure: Infrastructure,
): EnvironmentDecisions {
  const { environment, from } = toUpgrade;
  const { name, stage, hosting, zones, controller, windows, freezes, checks, teams } = environment;
  const server = path.kind === 'upgrade';
  // Without a server step nothing keeps users out: what is left of an earlier upgrade goes on as any Deploy All does (VER-10).
  const strategy = server ? plannedStrategy(environment) : 'in place';
  const applications = plannedApplications(environment.applications, path);
  return {
    name,
    stage,
    hosting,
    from,
    to,
    steps: plannedSteps({ strategy, server, applications }),
    strategy,
    applications,
    frontEnds: zones.flatMap(({ frontEnds }) => frontEnds),
    halves: strategy === 'zero downtime' ? halvesOf(environment) : [],
    controller,
    windows,
    freezes,
    developers: membersOf(teams, 'development'),
    hotPoints: hotPointsOf(infrastructure, name),
    tests: checks.tests,
    gates: environmentGates(environment, strategy),
    ...doers(environment),
  };
}

/** Nothing is said where the embedded platform does everything. */
function doers({ providers, teams }: Environment): Pick<EnvironmentDecisions, 'providers' | 'operators'> {
  return providers === undefined ? {} : { providers, operators: membersOf(teams, 'operations') };
}

function membersOf(teams: Environment['teams'], wanted: Environment['teams'][number]['role']): readonly string[] {
  return [...new Set(teams.filter(({ role }) => role === wanted).flatMap(({ members }) => members))];
}

/**
 * Downtime is Production's way, and Pre-Production's, where it is rehearsed (PLAN-05). Before them nobody has to be kept out: the front
 * ends are upgraded one after the other.
 */
function plannedStrategy({ stage, strategy }: Environment): PlannedStrategy {
  if (strategy.kind === 'zero downtime') return 'zero downtime';
  switch (stage) {
    case 'development':
    case 'testing':
      return 'in place';
    case 'pre-production':
    case 'production':
      return 'downtime';
  }
}

/** Where the release asks for publish all it is published all (VER-01, VER-02, VER-07); without Deploy All it goes gradually (VER-09). */
export function plannedApplications(wanted: ApplicationsWay, path: PlanPart['path']): ApplicationsWay {
  if (path.applications === 'publish all') return 'publish all';
  return wanted === 'deploy all' && path.deployAll === 'unavailable' ? 'gradual' : wanted;
}

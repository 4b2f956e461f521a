/** The steps of a plan: what is done to an environment, in order (EXEC-01, TEST-01, LIVE-01, LIVE-03). */

/**
 * `closing`: users are kept out. `server`: every front end, Service Center, System Components. `first half`, `second half`: the same,
 * half of each zone at a time; the controller and the parts that are not front ends go with the first. `deployment`: also of
 * everything, as one solution. `traffic switch`: users move to the first half. `opening`: users are let in again.
 */
export type PlannedStep =
  | 'snapshot'
  | 'closing'
  | 'server'
  | 'first half'
  | 'preparation'
  | 'deployment'
  | 'tests'
  | 'traffic switch'
  | 'second half'
  | 'opening';

/** The four phases of an upgrade, in order (PHASE-01); the last two happen in every environment. */
export const phases = ['Analysis and preparation', 'Planning', 'Execution', 'Testing'] as const;
export type Phase = (typeof phases)[number];

/** How users meet the new release. `in place`: front end by front end while the others serve, without a go live of its own. */
export type PlannedStrategy = 'in place' | 'downtime' | 'zero downtime';

export interface StepsRequest {
  readonly strategy: PlannedStrategy;
  /** Whether the server has to be upgraded; it runs the target already otherwise (VER-10). */
  readonly server: boolean;
  readonly applications: 'deploy all' | 'publish all' | 'gradual';
}

export function plannedSteps({ strategy, server, applications }: StepsRequest): readonly PlannedStep[] {
  const toApplications: PlannedStep[] = applications === 'gradual' ? ['preparation'] : ['preparation', 'deployment'];
  switch (strategy) {
    case 'in place':
      return ['snapshot', ...(server ? (['server'] as const) : []), ...toApplications, 'tests'];
    case 'downtime':
      return ['closing', 'snapshot', ...(server ? (['server'] as const) : []), ...toApplications, 'tests', 'opening'];
    case 'zero downtime':
      if (!server) return ['snapshot', ...toApplications, 'tests'];
      return applications === 'publish all'
        ? ['snapshot', 'first half', ...toApplications, 'tests', 'traffic switch', 'second half', 'tests']
        : ['snapshot', 'first half', 'tests', 'traffic switch', 'second half', ...toApplications, 'tests'];
  }
}

export function phaseOf(step: PlannedStep): Phase {
  return step === 'tests' ? 'Testing' : 'Execution';
}

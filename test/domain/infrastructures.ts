/** Infrastructures to analyse and plan: an insurer's four environments, and any at all. */
import fc from 'fast-check';
import { analysis } from '../../domain/analysis/analysis.js';
import type { AnalysisRequest, EnvironmentToUpgrade } from '../../domain/analysis/analysisRequest.js';
import { type Window, weekdays } from '../../domain/calendar/window.js';
import {
  type Environment,
  type GateName,
  type GatePolicy,
  gateNames,
  type Infrastructure,
  leastPolicy,
  type Stage,
  stages,
} from '../../domain/infrastructure/infrastructure.js';
import { knowledge } from '../../domain/knowledge/knowledge.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import type { InfrastructurePlan, PlanRequest } from '../../domain/plan/plan.js';

export function environment(name: string, stage: Stage, changes: Partial<Environment> = {}): Environment {
  const policies = gateNames.map((gate) => [gate, leastPolicy(gate, stage)]);
  return {
    name,
    stage,
    release: '11.18.1',
    hosting: 'self-managed',
    timeZone: 'Europe/Lisbon',
    zones: [{ name: 'Main', frontEnds: [`${name}-1`, `${name}-2`] }],
    controller: null,
    windows: [],
    freezes: [],
    strategy: { kind: 'downtime' },
    applications: 'deploy all',
    gates: Object.fromEntries(policies) as Record<GateName, GatePolicy>,
    checks: { hotPoints: [], tests: [] },
    teams: [
      { name: 'Claims', members: ['ines'], role: 'development' },
      { name: 'Acceptance', members: ['sofia'], role: 'test' },
    ],
    ...changes,
  };
}

/** Saturday nights. */
export const saturdayNight: Window = { weekday: 'saturday', opens: '22:00', minutes: 360, timeZone: 'Europe/Lisbon' };

export const lifecycle: readonly Environment[] = [
  environment('Development', 'development'),
  environment('Testing', 'testing'),
  environment('Pre-Production', 'pre-production'),
  environment('Production', 'production', { windows: [saturdayNight] }),
];

export function infrastructure(
  environments: readonly Environment[] = lifecycle,
  changes: Partial<Infrastructure> = {},
): Infrastructure {
  return {
    infrastructure: 'acme',
    lifeTime: { release: '11.33.0', newest: true },
    environments,
    hotPoints: ['/claims/Claims'],
    ...changes,
  };
}

/** All of them on the release they are described with, with a factory of thirty modules. */
export function toUpgrade(environments: readonly Environment[]): readonly EnvironmentToUpgrade[] {
  return environments.map((one) => ({ environment: one, from: one.release, modules: factory(30) }));
}

export function factory(count: number): readonly { readonly name: string; readonly kind: string }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `@acme/m${index}`, kind: 'web' }));
}

export function analysisOf(
  environments: readonly EnvironmentToUpgrade[],
  changes: Partial<AnalysisRequest> = {},
): ReturnType<typeof analysis> {
  const request = { infrastructure: 'acme', environments, to: '11.41.0', lifeTime: infrastructure().lifeTime };
  return analysis({ ...request, ...changes }, knowledge);
}

export const now = Date.parse('2026-07-01T08:00Z');

/** A request for all environments of `described`, to 11.41.0. */
export function planRequest(described: Infrastructure, changes: Partial<PlanRequest> = {}): PlanRequest {
  const environments = changes.environments ?? toUpgrade(described.environments);
  const analysed = analysisOf(environments, { lifeTime: described.lifeTime });
  return { infrastructure: described, environments, analysis: analysed, requester: 'ana', now, ...changes };
}

/** The plan, which is not refused. */
export function plannedFor(request: PlanRequest): InfrastructurePlan {
  const outcome = infrastructurePlan(request);
  if (outcome.kind === 'refused') throw new Error(outcome.refusals.map(({ reason }) => reason).join('; '));
  return outcome.plan;
}

const anyWindow: fc.Arbitrary<Window> = fc.record({
  weekday: fc.constantFrom(...weekdays),
  opens: fc.constantFrom('00:00', '01:30', '12:00', '22:00', '23:59'),
  minutes: fc.integer({ min: 30, max: 1440 }),
  timeZone: fc.constantFrom('Europe/Lisbon', 'UTC', 'America/New_York', 'Asia/Kolkata'),
});

const anyFreeze = fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 20 })).map(([from, days]) => ({
  from: `2026-07-${String(from).padStart(2, '0')}T00:00`,
  to: new Date(Date.UTC(2026, 6, from + days)).toISOString().slice(0, 16),
  timeZone: 'Europe/Lisbon',
  reason: 'renewals',
}));

/** One to six environments of any stage, windows, strategy and size. */
export const anyEnvironments: fc.Arbitrary<readonly Environment[]> = fc
  .array(
    fc.record({
      stage: fc.constantFrom(...stages),
      windows: fc.array(anyWindow, { maxLength: 3 }),
      freezes: fc.array(anyFreeze, { maxLength: 2 }),
      frontEnds: fc.integer({ min: 2, max: 5 }),
      hosting: fc.constantFrom('self-managed' as const, 'cloud' as const),
      zeroDowntime: fc.boolean(),
      applications: fc.constantFrom('deploy all' as const, 'publish all' as const, 'gradual' as const),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((drafts) =>
    drafts.map(({ stage, frontEnds, zeroDowntime, ...rest }, index) => {
      const names = Array.from({ length: frontEnds }, (_, number) => `e${index}-${number + 1}`);
      return environment(`E${index}`, stage, {
        ...rest,
        zones: [{ name: 'Main', frontEnds: names }],
        strategy: zeroDowntime ? { kind: 'zero downtime', businessReason: 'claims at night' } : { kind: 'downtime' },
      });
    }),
  );

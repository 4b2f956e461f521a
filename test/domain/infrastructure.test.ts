import { describe, expect, it } from 'vitest';
import { contradictionsBetween, contradictionsIn } from '../../domain/infrastructure/contradictions.js';
import {
  type Environment,
  type GateName,
  type GatePolicy,
  gateNames,
  leastPolicy,
  type Stage,
  stages,
  type Zone,
  zonesTooSmall,
} from '../../domain/infrastructure/infrastructure.js';

const noGate: GatePolicy = { approvers: [], quorum: 1, excludeRequester: false };
const zone = (name: string, ...frontEnds: string[]): Zone => ({ name, frontEnds });

function environment(name: string, stage: Stage, changes: Partial<Environment> = {}): Environment {
  const gates = Object.fromEntries(gateNames.map((gate) => [gate, noGate])) as Record<GateName, GatePolicy>;
  return {
    name,
    stage,
    release: '11.18.1',
    hosting: 'self-managed',
    timeZone: 'Europe/Lisbon',
    zones: [zone('Main', `${name}-1`, `${name}-2`)],
    controller: null,
    windows: [],
    freezes: [],
    strategy: { kind: 'downtime' },
    applications: 'deploy all',
    gates,
    checks: { hotPoints: [], tests: [] },
    teams: [],
    ...changes,
  };
}

const zeroDowntime = { kind: 'zero downtime', businessReason: 'claims are filed at night' } as const;
const gates = (changes: Partial<Record<GateName, Partial<GatePolicy>>>): Pick<Environment, 'gates'> => {
  const { gates: usual } = environment('any', 'testing');
  const changed = gateNames.map((gate) => [gate, { ...usual[gate], ...changes[gate] }]);
  return { gates: Object.fromEntries(changed) as Environment['gates'] };
};

describe('an environment', () => {
  it.each(stages)('has nothing against it as it usually is, in %s', (stage) => {
    expect(contradictionsIn(environment('One', stage), 0, 'embedded')).toEqual([]);
  });

  it('LIVE-02 is refused zero downtime with one front end in a zone, which is named', () => {
    const zones = [zone('Lisbon', 'a', 'b'), zone('Porto', 'c')];
    expect(zonesTooSmall({ zones })).toEqual([zones[1]]);
    expect(
      contradictionsIn(environment('Production', 'production', { zones, strategy: zeroDowntime }), 3, 'embedded'),
    ).toEqual([
      {
        path: ['environments', 3, 'zones', 1, 'frontEnds'],
        problem: expect.stringMatching(/^the zone "Porto" of Production has 1 front end.*at least 2 in every zone/),
      },
    ]);
    expect(contradictionsIn(environment('Production', 'production', { zones }), 3, 'embedded')).toEqual([]);
  });

  it.each<[string, Partial<Environment>, (string | number)[]]>([
    ['two zones of one name', { zones: [zone('Main', 'a'), zone('main', 'b')] }, ['zones', 1, 'name']],
    ['a controller that is no front end', { controller: 'fe-9' }, ['controller']],
    [
      'more front ends than there are ports for',
      { zones: [zone('A', ...names('a', 10)), zone('B', ...names('b', 9))] },
      ['zones'],
    ],
    ['a freeze that ends before it begins', freezes('2026-12-24T00:00', '2026-12-20T00:00'), ['freezes', 0, 'to']],
    ['a freeze without length', freezes('2026-12-24T00:00', '2026-12-24T00:00'), ['freezes', 0, 'to']],
    ['two teams of one name', { teams: [team('Claims', 'ines'), team('claims', 'tiago')] }, ['teams', 1, 'name']],
    ['a member twice', { teams: [team('Claims', 'ines', 'Ines')] }, ['teams', 0, 'members', 1]],
    ['an approver twice', gates({ start: { approvers: ['ana', 'ANA'] } }), ['gates', 'start', 'approvers', 1]],
    [
      'a quorum that cannot be reached',
      gates({ plan: { approvers: ['ana'], quorum: 2 } }),
      ['gates', 'plan', 'quorum'],
    ],
  ])('cannot have %s', (_, changes, path) => {
    const found = contradictionsIn(environment('One', 'testing', changes), 0, 'embedded');
    expect(found.map((contradiction) => contradiction.path)).toEqual([['environments', 0, ...path]]);
  });

  it.each<[GateName, Stage, boolean]>([
    ['plan', 'development', false],
    ['plan', 'production', false],
    ['applications', 'testing', false],
    ['tests', 'testing', false],
    ['start', 'production', false],
    ['go live', 'production', false],
    ['start', 'pre-production', true],
    ['go live', 'development', true],
  ])('the gate "%s" in %s opens by itself: %s', (gate, stage, allowed) => {
    const found = contradictionsIn(environment('One', stage, gates({ [gate]: { quorum: 0 } })), 0, 'embedded');
    expect(found.map(({ path }) => path)).toEqual(allowed ? [] : [['environments', 0, 'gates', gate, 'quorum']]);
  });

  it('production starts and goes live with the approval of somebody else than who asked', () => {
    const excluding = stages.flatMap((stage) =>
      gateNames.filter((gate) => leastPolicy(gate, stage).excludeRequester).map((gate) => `${stage}: ${gate}`),
    );
    expect(excluding).toEqual(['production: start', 'production: go live']);
  });
});

describe('environments together', () => {
  const lifecycle = stages.map((stage) => environment(stage, stage));

  it('PLAN-04 come in the order of the lifecycle; several may have one stage, and one may be missing', () => {
    expect(contradictionsBetween(lifecycle)).toEqual([]);
    const some = [environment('A', 'development'), environment('B', 'development'), environment('P', 'production')];
    expect(contradictionsBetween(some)).toEqual([]);
    const wrong = [environment('P', 'production'), environment('T', 'testing'), environment('Q', 'production')];
    expect(contradictionsBetween(wrong)).toEqual([
      {
        path: ['environments', 1, 'stage'],
        problem: expect.stringContaining('T (testing) comes after P (production)'),
      },
    ]);
  });

  it('have names of their own, and so has every front end of all', () => {
    const zones = [zone('Main', 'DEVELOPMENT-1', 'x')];
    const found = contradictionsBetween([...lifecycle, environment('Production', 'production', { zones })]);
    expect(found.map(({ path }) => path)).toEqual([
      ['environments', 4, 'name'],
      ['environments', 4, 'zones', 0, 'frontEnds', 0],
    ]);
  });

  it('are compared by their position in the file when one could not be understood', () => {
    const [first] = lifecycle;
    expect(contradictionsBetween([undefined, first, undefined, first]).map(({ path }) => path)).toContainEqual([
      'environments',
      3,
      'name',
    ]);
  });
});

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function freezes(from: string, to: string): Pick<Environment, 'freezes'> {
  return { freezes: [{ from, to, timeZone: 'Europe/Lisbon', reason: 'any' }] };
}

function team(name: string, ...members: string[]): Environment['teams'][number] {
  return { name, members, role: 'development' };
}

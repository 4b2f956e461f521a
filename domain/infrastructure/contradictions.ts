/** What cannot be in a described infrastructure, though every single value of it may be: names given twice, rules broken. */

import { type Environment, type GateName, gateNames, leastPolicy, stages, zonesTooSmall } from './infrastructure.js';
import { type Capability, capabilities, type Provider } from './provider.js';

/** Keys and positions from the top of the infrastructure, as in uplift.yaml: `['environments', 1, 'stage']`. */
type Path = readonly (string | number)[];

export interface Contradiction {
  readonly path: Path;
  /** A sentence: what is wrong, and what is allowed. */
  readonly problem: string;
}

/** The ports of an embedded environment leave room for so many; elsewhere there is no such limit. */
const mostEmbeddedFrontEnds = 18;

/** In the environment at position `at`. */
export function contradictionsIn(
  environment: Environment,
  at: number,
  platform: 'embedded' | 'none',
): readonly Contradiction[] {
  const found = [
    ...repeatedNames(environment),
    ...frontEndProblems(environment, platform),
    ...providerProblems(environment, platform),
    ...strategyProblems(environment),
    ...freezeProblems(environment),
    ...gateNames.flatMap((gate) => gateProblems(environment, gate)),
  ];
  return found.map(({ path, problem }) => ({ path: ['environments', at, ...path], problem }));
}

/** Between environments, by their position in the file; `undefined` where one could not be understood. */
export function contradictionsBetween(environments: readonly (Environment | undefined)[]): readonly Contradiction[] {
  const named = environments.flatMap((environment, at) =>
    environment ? [{ name: environment.name, path: ['environments', at, 'name'] }] : [],
  );
  const frontEnds = environments.flatMap((environment, at) =>
    environment
      ? frontEndsOf(environment).map(({ name, path }) => ({ name, path: ['environments', at, ...path] }))
      : [],
  );
  const addresses = environments.flatMap((environment, at) =>
    environment?.address ? [{ name: environment.address, path: ['environments', at, 'address'] }] : [],
  );
  return [
    ...repeated(named, 'environment'),
    ...repeated(frontEnds, 'front end'),
    ...repeated(addresses, 'address'),
    ...lifecycleProblems(environments),
  ];
}

interface Named {
  readonly name: string;
  readonly path: Path;
}

/** Names are compared without case: they are names of folders, too. */
function repeated(named: readonly Named[], what: string): Contradiction[] {
  const seen = new Set<string>();
  return named.flatMap(({ name, path }) => {
    const key = name.toLowerCase();
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path, problem: `the ${what} "${name}" stands here a second time; each needs one of its own` }];
  });
}

function repeatedNames({ zones, teams, gates }: Environment): Contradiction[] {
  const people = (names: readonly string[], path: Path) =>
    repeated(
      names.map((name, index) => ({ name, path: [...path, index] })),
      'person',
    );
  return [
    ...repeated(
      zones.map(({ name }, index) => ({ name, path: ['zones', index, 'name'] })),
      'zone',
    ),
    ...repeated(
      teams.map(({ name }, index) => ({ name, path: ['teams', index, 'name'] })),
      'team',
    ),
    ...teams.flatMap(({ members }, index) => people(members, ['teams', index, 'members'])),
    ...gateNames.flatMap((gate) => people(gates[gate].approvers, ['gates', gate, 'approvers'])),
  ];
}

function frontEndsOf({ zones }: Environment): Named[] {
  return zones.flatMap(({ frontEnds }, zone) =>
    frontEnds.map((name, index) => ({ name, path: ['zones', zone, 'frontEnds', index] })),
  );
}

function frontEndProblems(environment: Environment, platform: 'embedded' | 'none'): Contradiction[] {
  const { name, controller } = environment;
  const names = frontEndsOf(environment).map((frontEnd) => frontEnd.name);
  const problems: Contradiction[] = [];
  if (platform === 'embedded' && names.length > mostEmbeddedFrontEnds) {
    problems.push({
      path: ['zones'],
      problem: `${name} has ${names.length} front ends; up to ${mostEmbeddedFrontEnds} are allowed in one environment of the embedded platform`,
    });
  }
  if (controller !== null && !names.includes(controller)) {
    problems.push({
      path: ['controller'],
      problem: `"${controller}" is no front end of ${name}; the controller is one of ${names.join(', ')}, or a machine of its own when this is left out`,
    });
  }
  return problems;
}

function providerProblems({ name, providers, address }: Environment, platform: 'embedded' | 'none'): Contradiction[] {
  return capabilities.flatMap((capability) => {
    const problem = providerProblem(capability, providers?.[capability]?.kind, { platform, address });
    return problem === undefined
      ? []
      : [{ path: ['providers', capability], problem: `${capability} of ${name}: ${problem}` }];
  });
}

function providerProblem(
  capability: Capability,
  kind: Provider['kind'] | undefined,
  { platform, address }: { readonly platform: 'embedded' | 'none'; readonly address: string | undefined },
): string | undefined {
  if (kind === undefined) return undefined;
  if (kind === 'http' && capability !== 'hot points') return 'only hot points can be asked for by http';
  if (platform === 'none') {
    if (kind === 'embedded') return 'no platform is embedded here; people can do it, or a command';
    return kind === 'http' && address === undefined ? 'the environment needs an address to be asked at' : undefined;
  }
  return kind === 'embedded' ? undefined : 'the embedded platform does that itself; leave it out';
}

/** LIVE-02 */
function strategyProblems(environment: Environment): Contradiction[] {
  if (environment.strategy.kind === 'downtime') return [];
  return zonesTooSmall(environment).map((zone) => ({
    path: ['zones', environment.zones.indexOf(zone), 'frontEnds'],
    problem: `the zone "${zone.name}" of ${environment.name} has ${zone.frontEnds.length} front end, and zero downtime needs at least 2 in every zone: add one, or choose the strategy downtime`,
  }));
}

function freezeProblems({ freezes }: Environment): Contradiction[] {
  return freezes.flatMap(({ from, to, reason }, index) =>
    to > from ? [] : [{ path: ['freezes', index, 'to'], problem: `the freeze "${reason}" ends before it begins` }],
  );
}

function gateProblems({ name, stage, gates }: Environment, gate: GateName): Contradiction[] {
  const { quorum, approvers } = gates[gate];
  const least = leastPolicy(gate, stage).quorum;
  if (quorum < least) {
    return [
      {
        path: ['gates', gate, 'quorum'],
        problem: `the gate "${gate}" of ${name} asks for ${quorum} approvals; at least ${least} is needed`,
      },
    ];
  }
  if (approvers.length === 0 || quorum <= approvers.length) return [];
  return [
    {
      path: ['gates', gate, 'quorum'],
      problem: `the gate "${gate}" of ${name} asks for ${quorum} approvals and names ${approvers.length} who may give one; name more, or ask for fewer`,
    },
  ];
}

function lifecycleProblems(environments: readonly (Environment | undefined)[]): Contradiction[] {
  let furthest: Environment | undefined;
  return environments.flatMap((environment, at) => {
    if (!environment) return [];
    if (!furthest || stages.indexOf(environment.stage) >= stages.indexOf(furthest.stage)) {
      furthest = environment;
      return [];
    }
    const problem = `${environment.name} (${environment.stage}) comes after ${furthest.name} (${furthest.stage}); environments come in the order ${stages.join(', ')}`;
    return [{ path: ['environments', at, 'stage'], problem }];
  });
}

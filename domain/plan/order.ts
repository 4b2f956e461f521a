/**
 * The order in which environments are upgraded (PLAN-04): that of the lifecycle, or another one as long as a non-production
 * environment is upgraded and tested before Production.
 */
import type { ErrorCode } from '../errors.js';
import { type Stage, stages } from '../infrastructure/infrastructure.js';

export interface OrderRequest {
  /** Of the whole infrastructure. */
  readonly environments: readonly StagedEnvironment[];
  /** Those that take part, by name, in any order. */
  readonly takePart: readonly string[];
  /** An order of its own; without it that of the lifecycle. */
  readonly order?: readonly string[] | undefined;
  /**
   * Environments whose teams publish module by module once the run has ended: what its tests meet is the former release, so that they
   * prove nothing for Production.
   */
  readonly leftToTeams?: readonly string[] | undefined;
  /** Environments that were upgraded to the target and tested before. */
  readonly tested: readonly string[];
}

interface StagedEnvironment {
  readonly name: string;
  readonly stage: Stage;
}

export type UpgradeOrder =
  | { readonly kind: 'allowed'; readonly order: readonly string[] }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly reason: string; readonly next: string };

/** Never throws. Environments of one stage keep the order they are described in. */
export function upgradeOrder({ environments, takePart, order, tested, leftToTeams = [] }: OrderRequest): UpgradeOrder {
  const lifecycle = lifecycleOrder(environments.filter(({ name }) => takePart.includes(name)));
  const wanted = order ?? lifecycle;
  const problem = whyNotAnOrder(wanted, lifecycle);
  if (problem !== undefined) {
    return { kind: 'refused', code: 'INPUT_INVALID', reason: problem, next: `order them like ${lifecycle.join(', ')}` };
  }
  const isProduction = (name: string) => stageOf(name, environments) === 'production';
  const production = wanted.find(isProduction);
  if (production === undefined) return { kind: 'allowed', order: wanted };
  const before = wanted.slice(0, wanted.indexOf(production));
  const proving = before.filter((name) => !leftToTeams.includes(name));
  const proven = tested.some((name) => stageOf(name, environments) !== undefined && !isProduction(name));
  if (proven || proving.length > 0) return { kind: 'allowed', order: wanted };
  return {
    kind: 'refused',
    code: 'ORDER_REFUSED',
    reason: `${production} would be upgraded before any non-production environment was upgraded and tested${before.length === 0 ? '' : `: the teams of ${before.join(', ')} publish module by module, after the tests`}`,
    next:
      before.length === 0
        ? nextBefore(production, environments, isProduction)
        : `upgrade ${before.join(' or ')} alone; once its teams have published everything, upgrade it again, which tests it. Or publish all there`,
  };
}

function lifecycleOrder(environments: readonly StagedEnvironment[]): readonly string[] {
  const place = ({ stage }: StagedEnvironment) => stages.indexOf(stage);
  return environments.toSorted((left, right) => place(left) - place(right)).map(({ name }) => name);
}

function whyNotAnOrder(wanted: readonly string[], takePart: readonly string[]): string | undefined {
  const unknown = wanted.find((name) => !takePart.includes(name));
  if (unknown !== undefined) return `The order names ${unknown}, which does not take part`;
  const repeated = wanted.find((name, index) => wanted.indexOf(name) !== index);
  if (repeated !== undefined) return `The order names ${repeated} twice`;
  const missing = takePart.find((name) => !wanted.includes(name));
  return missing === undefined ? undefined : `The order does not say when ${missing} is upgraded`;
}

function stageOf(name: string, environments: readonly StagedEnvironment[]): Stage | undefined {
  return environments.find((environment) => environment.name === name)?.stage;
}

function nextBefore(
  production: string,
  environments: readonly StagedEnvironment[],
  isProduction: (name: string) => boolean,
): string {
  const others = lifecycleOrder(environments).filter((name) => !isProduction(name));
  if (others.length === 0) return `describe an environment that ${production} can be tried out in`;
  return `upgrade and test one of ${others.join(', ')} first`;
}

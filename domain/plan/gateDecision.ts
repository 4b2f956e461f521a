/** The gates of a plan: what is approved, by how many, and whose approval counts. */
import {
  type Environment,
  type GateName,
  type GatePolicy,
  gateNames,
  leastPolicy,
} from '../infrastructure/infrastructure.js';
import type { PlannedStrategy } from './plannedStep.js';

export interface GateDecision {
  readonly name: GateName;
  /** Different people who have to approve; at least one. */
  readonly quorum: number;
  readonly excludeRequester: boolean;
  /** Whose approval counts; absent: anybody's. */
  readonly approvers?: readonly string[] | undefined;
  /** Hours after it opened, at which the run ends; absent: it waits as long as it takes. */
  readonly expiresAfterHours?: number | undefined;
}

/** The gates of one environment besides that of the plan, in the order they come; those that ask nobody are left out. */
export function environmentGates(environment: Environment, strategy: PlannedStrategy): readonly GateDecision[] {
  return gateNames
    .filter((name) => mayCome(name, environment, strategy))
    .map((name) => decided(name, atLeast(environment.gates[name], leastPolicy(name, environment.stage))))
    .filter(({ quorum }) => quorum > 0);
}

function mayCome(name: GateName, { windows, freezes }: Environment, strategy: PlannedStrategy): boolean {
  switch (name) {
    case 'plan':
    case 'rollback':
      return false;
    case 'go live':
      return strategy !== 'in place';
    case 'window':
      return strategy === 'downtime' && windows.length + freezes.length > 0;
    case 'start':
    case 'applications':
    case 'tests':
      return true;
  }
}

/** The gate of a plan for several environments asks what the strictest of them asks. */
export function planGate(environments: readonly Environment[]): GateDecision {
  const policies = environments.map(({ gates, stage }) => atLeast(gates.plan, leastPolicy('plan', stage)));
  return decided('plan', {
    quorum: Math.max(1, ...policies.map(({ quorum }) => quorum)),
    excludeRequester: policies.some(({ excludeRequester }) => excludeRequester),
    approvers: inAll(policies.map(({ approvers }) => approvers).filter(({ length }) => length > 0)),
    expiresAfterHours: earliest(policies),
  });
}

/**
 * One sentence that says why the plan's gate can never open; `undefined`: it can. Whoever approves a plan approves every environment
 * of it, and two environments may name nobody in common.
 */
export function whyNobodyMayApprove(environments: readonly Environment[]): string | undefined {
  const named = environments.filter(({ gates }) => gates.plan.approvers.length > 0);
  const { quorum, approvers = [] } = planGate(environments);
  if (named.length === 0 || approvers.length >= quorum) return undefined;
  const names = named.map(({ name }) => name).join(', ');
  return `The plan needs ${quorum} approvals of people who may approve for ${names}, and ${approvers.length} may`;
}

function atLeast(policy: GatePolicy, least: GatePolicy): GatePolicy {
  return {
    approvers: policy.approvers,
    quorum: Math.max(policy.quorum, least.quorum),
    excludeRequester: policy.excludeRequester || least.excludeRequester,
    expiresAfterHours: policy.expiresAfterHours,
  };
}

function decided(name: GateName, { quorum, excludeRequester, approvers, expiresAfterHours }: GatePolicy): GateDecision {
  return {
    name,
    quorum,
    excludeRequester,
    ...(approvers.length > 0 ? { approvers } : {}),
    ...(expiresAfterHours === undefined ? {} : { expiresAfterHours }),
  };
}

function earliest(policies: readonly GatePolicy[]): number | undefined {
  const hours = policies.flatMap(({ expiresAfterHours }) =>
    expiresAfterHours === undefined ? [] : [expiresAfterHours],
  );
  return hours.length === 0 ? undefined : Math.min(...hours);
}

function inAll(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists;
  return first.filter((name) => others.every((list) => list.includes(name)));
}

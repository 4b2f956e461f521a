/** How many people have to approve what, before anything starts and on the way. */

import { approvalsNeeded } from '../gates/gate.js';
import type { GateName } from '../infrastructure/infrastructure.js';
import type { GateDecision } from './gateDecision.js';
import type { ApprovalNeeded, EnvironmentDecisions, PlanDecisions } from './plan.js';

/** In the order they come. Without a known requester a gate that excludes it needs one more person. */
export function approvalsOf(
  { gates, environments }: PlanDecisions,
  requester: string | undefined,
): readonly ApprovalNeeded[] {
  return [
    ...gates.map((gate) => approvalAt(gate, undefined, requester)),
    ...environments.flatMap((environment) => environment.gates.map((gate) => approvalAt(gate, environment, requester))),
  ];
}

function approvalAt(
  gate: GateDecision,
  environment: EnvironmentDecisions | undefined,
  requester: string | undefined,
): ApprovalNeeded {
  const { name, quorum, excludeRequester, approvers = [] } = gate;
  return {
    gate: name,
    environment: environment?.name ?? null,
    people: approvalsNeeded({ name, planHash: '', token: '', quorum, excludeRequester, requester }),
    excludesRequester: excludeRequester,
    approvers,
    asked: askedAt(name, environment?.tests ?? []),
  };
}

function askedAt(gate: GateName, tests: readonly string[]): ApprovalNeeded['asked'] {
  switch (gate) {
    case 'plan':
    case 'start':
    case 'go live':
    case 'rollback':
      return 'always';
    case 'window':
      return 'when the window has closed';
    case 'applications':
      return 'when modules failed or were skipped';
    case 'tests':
      return tests.length > 0 ? 'always' : 'when a check failed';
  }
}

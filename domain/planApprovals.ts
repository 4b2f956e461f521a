/** How many people have to approve what, before anything starts and on the way. */
import { approvalsNeeded } from './gate.js';
import type { GateDecision } from './gateDecision.js';
import type { GateName } from './infrastructure.js';
import type { PlanDecisions } from './infrastructurePlan.js';

export interface ApprovalNeeded {
  readonly gate: GateName;
  /** `null`: the plan as a whole. */
  readonly environment: string | null;
  /** Different people. */
  readonly people: number;
  readonly excludesRequester: boolean;
  /** Whose approval counts; none: anybody's. */
  readonly approvers: readonly string[];
  readonly asked: 'always' | 'when modules failed or were skipped' | 'when a check failed';
}

/** In the order they come. Without a known requester a gate that excludes it needs one more person. */
export function approvalsOf(
  { gates, environments }: PlanDecisions,
  requester: string | undefined,
): readonly ApprovalNeeded[] {
  return [
    ...gates.map((gate) => approvalAt(gate, null, requester)),
    ...environments.flatMap(({ name, gates: own }) => own.map((gate) => approvalAt(gate, name, requester))),
  ];
}

function approvalAt(gate: GateDecision, environment: string | null, requester: string | undefined): ApprovalNeeded {
  const { name, quorum, excludeRequester, approvers = [] } = gate;
  return {
    gate: name,
    environment,
    people: approvalsNeeded({ name, planHash: '', token: '', quorum, excludeRequester, requester }),
    excludesRequester: excludeRequester,
    approvers,
    asked: askedAt(name),
  };
}

function askedAt(gate: GateName): ApprovalNeeded['asked'] {
  switch (gate) {
    case 'plan':
    case 'start':
    case 'go live':
      return 'always';
    case 'applications':
      return 'when modules failed or were skipped';
    case 'tests':
      return 'when a check failed';
  }
}

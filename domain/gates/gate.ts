/**
 * Gates: where a run waits until enough people have approved. An approval names its gate, the plan it approves and the gate's token;
 * one that does not is refused with what to send instead.
 */
import type { Approval, Rejection } from '../messages/message.js';
import { listed, reasonRule, shortened } from '../text.js';
import { isPlaceholder, person, samePerson } from './person.js';

export interface Gate {
  /** What it guards, such as `plan`, `start`, `applications`, `go live`. */
  readonly name: string;
  readonly planHash: string;
  /** Changes with every run, so that what was sent to another one opens nothing. */
  readonly token: string;
  /** Different people who have to approve; at least one, whatever it says. */
  readonly quorum: number;
  /** Who asked for the upgrade; a claim like every name. */
  readonly requester?: string | undefined;
  /** The requester's own approval does not count; without a known requester one more approval is needed. */
  readonly excludeRequester: boolean;
  /** Who may approve, by name; without it anybody. */
  readonly approvers?: readonly string[] | undefined;
  /** Milliseconds since 1970, on the workflow's clock; from then on nothing opens it. */
  readonly expiresAt?: number | undefined;
  /** What each approval has to accept by name, with a reason: failed modules, entries of the analysis, tests that people sign. */
  readonly toAccept?: readonly string[] | undefined;
}

export type GateMessage = ({ readonly kind: 'approve' } & Approval) | ({ readonly kind: 'reject' } & Rejection);

export type GateState =
  | { readonly kind: 'open'; readonly approvers: readonly string[] }
  | { readonly kind: 'waiting'; readonly missing: number; readonly approvers: readonly string[] }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'expired' };

export type GateAnswer =
  | { readonly kind: 'accepted' }
  /** One sentence that says why and what to send. */
  | { readonly kind: 'refused'; readonly reason: string };

/** How the gate stands after `accepted`, in the order they came; the first that opens or rejects it decides. `now` as `expiresAt`. */
export function gateState(gate: Gate, accepted: readonly GateMessage[], now: number): GateState {
  const approvers = new Map<string, string>();
  for (const message of accepted) {
    if (message.gate !== gate.name || message.plan !== gate.planHash) continue;
    const { approver } = message;
    if (message.kind === 'reject') return { kind: 'rejected', by: approver.trim(), reason: message.reason };
    if (!isExcluded(gate, approver)) approvers.set(person(approver), approver.trim());
    if (approvers.size >= approvalsNeeded(gate)) return { kind: 'open', approvers: [...approvers.values()] };
  }
  if (hasExpired(gate, now)) return { kind: 'expired' };
  return { kind: 'waiting', missing: approvalsNeeded(gate) - approvers.size, approvers: [...approvers.values()] };
}

/** Refusal of an answer that nothing waits for. */
export const noGateWaits = 'No gate waits for an answer now: nothing is left to send';

/** Whether `message` counts, when `accepted` have counted before. Only where the answer is recorded: it compares the token. */
export function decide(gate: Gate, accepted: readonly GateMessage[], message: GateMessage, now: number): GateAnswer {
  const reason =
    whyClosed(gate, gateState(gate, accepted, now)) ??
    whyMisplaced(gate, message) ??
    whyOfOtherRun(gate, message) ??
    whyNot(gate, accepted, message);
  return reason === undefined ? { kind: 'accepted' } : { kind: 'refused', reason: shortened(reason, reasonRule.most) };
}

/** What an answer has to name, as the run that waits knows it. */
export type Addressed = Pick<Gate, 'name' | 'planHash' | 'token' | 'toAccept'>;

/** Whether it names another gate or another plan: what a run can say by itself. */
export function whyMisplaced(gate: Addressed, message: GateMessage): string | undefined {
  const send = `send ${messageToSend(gate, message.kind)}`;
  if (message.gate !== gate.name) return `The run waits at gate "${gate.name}", not at "${message.gate}": ${send}`;
  if (message.plan !== gate.planHash) {
    return `The plan of this run is ${gate.planHash}, not "${message.plan}": read it, then ${send}`;
  }
  return undefined;
}

/** Whether it was made for another run than the one that waits, whose token a run must not compare where a replay asks again. */
export function whyOfOtherRun(gate: Addressed, message: GateMessage): string | undefined {
  if (message.token === gate.token) return undefined;
  return `The token "${message.token}" belongs to another run: send ${messageToSend(gate, message.kind)}`;
}

/** Different people whose approval opens the gate. */
export function approvalsNeeded({ quorum, requester, excludeRequester }: Gate): number {
  const stated = quorum >= 1 ? Math.ceil(quorum) : 1;
  return excludeRequester && !isKnown(requester) ? stated + 1 : stated;
}

/** One sentence on an approval that the gate asks beyond its quorum; `undefined`: it asks none. */
export function whyOneMore({ requester, excludeRequester }: Gate): string | undefined {
  return excludeRequester && !isKnown(requester)
    ? 'One more approval is asked for, since nobody says who asked for this upgrade ("requestedBy") and that person’s own does not count'
    : undefined;
}

/** A refusal for people who see the message to send, or the command to type, beside it: the JSON is left out. */
export function withoutMessage(refusal: string): string {
  return refusal.replace(/(?:: read it, then|: somebody else has to|[:;,.]| can)? send (?:for example )?\{.*$/s, '');
}

/** The JSON to paste, with the name (and the reason, where one is needed) left to fill in. */
export function messageToSend({ name, planHash, token, toAccept = [] }: Addressed, kind: GateMessage['kind']): string {
  const message = { gate: name, plan: planHash, token, approver: '' };
  if (kind === 'reject') return JSON.stringify({ ...message, reason: '' });
  return JSON.stringify(toAccept.length === 0 ? message : { ...message, reason: '', accept: toAccept });
}

function whyClosed({ name }: Gate, state: GateState): string | undefined {
  switch (state.kind) {
    case 'waiting':
      return undefined;
    case 'open':
      return `Gate "${name}" is open already, approved by ${state.approvers.join(', ')}: nothing is left to send`;
    case 'rejected':
      return `Gate "${name}" was rejected by ${state.by} (${state.reason}): make a new plan and start again`;
    case 'expired':
      return `Gate "${name}" has expired: make a new plan and start again`;
  }
}

function whyNot(gate: Gate, accepted: readonly GateMessage[], message: GateMessage): string | undefined {
  const send = `send ${messageToSend(gate, message.kind)}`;
  const approver = message.approver.trim();
  if (isBlank(approver) || isPlaceholder(approver)) return `It names no approver: ${send}`;
  if (gate.approvers && !gate.approvers.some((name) => samePerson(name, approver))) {
    return `${approver} is not among its approvers: ${listed(gate.approvers)} can ${send}`;
  }
  if (message.kind === 'reject') return lacksReason(message) ? `A rejection needs a reason: ${send}` : undefined;
  if (isExcluded(gate, approver)) {
    return `${approver} asked for this upgrade and cannot approve it: somebody else has to ${send}`;
  }
  if (accepted.some((former) => former.kind === 'approve' && samePerson(former.approver, approver))) {
    return `${approver} has approved already: somebody else has to ${send}`;
  }
  const unaccepted = (gate.toAccept ?? []).filter((name) => !message.accept?.includes(name));
  if (unaccepted.length > 0) return `It does not accept ${listed(unaccepted)}: ${send}`;
  if (gate.toAccept?.length && lacksReason(message)) return `Accepting needs a reason: ${send}`;
  return undefined;
}

function lacksReason({ reason = '' }: GateMessage): boolean {
  return isBlank(reason) || isPlaceholder(reason);
}

function isExcluded({ requester, excludeRequester }: Gate, approver: string): boolean {
  return isBlank(approver) || (excludeRequester && samePerson(approver, requester ?? ''));
}

function hasExpired({ expiresAt }: Gate, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}

function isKnown(requester = ''): boolean {
  return !isBlank(requester) && !isPlaceholder(requester);
}

function isBlank(text: string | undefined): boolean {
  return person(text ?? '') === '';
}

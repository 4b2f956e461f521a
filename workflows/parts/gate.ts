/** Gates: where a run waits for people. Messages are recorded one after the other; what counts is decided where they are recorded. */
import { condition, upsertSearchAttributes } from '@temporalio/workflow';
import type { OpenGate } from '../../activities/messages.js';
import { type Gate, type GateMessage, type GateState, gateState } from '../../domain/gate.js';
import { recordMessage } from '../activities.js';
import { approve, goLive, onMessage, type Refusal, reject, retry } from '../messages.js';
import { nobody, waitingForKey } from '../searchAttributes.js';

export type GateOutcome =
  | { readonly kind: 'approved'; readonly approvers: readonly string[]; readonly accepted: readonly string[] }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'retry' };

export interface WaitingGate {
  readonly gate: OpenGate;
  /** What the gate asks, in sentences for the details. */
  readonly asks: readonly string[];
  /** Modules that an approval has to accept by name. */
  readonly toAccept: readonly string[];
  readonly missing: number;
}

export interface Gates {
  readonly waiting: () => WaitingGate | null;
  /** Opens `gate` and waits for its outcome. `retry` is an answer only where `canRetry`. */
  readonly open: (
    gate: OpenGate,
    asks: readonly string[],
    options?: { canRetry?: boolean; toAccept?: readonly string[] },
  ) => Promise<GateOutcome>;
}

/** The gate that lets users in again. */
export const goLiveGate = 'go live';

/**
 * `about` is asked when a message is recorded: the upgrade's number is known only once the plan is. A gate that waits ends without
 * an outcome that counts once `stopped` says so.
 */
export function gates(
  about: () => { readonly upgrade: string; readonly environment: string },
  stopped: () => boolean,
  changed: () => void,
  refused: (message: string, reason: string) => void,
): Gates {
  let waiting: WaitingGate | null = null;
  let retryRequested = false;
  let canRetry = false;
  let accepted: GateMessage[] = [];
  let last: Promise<unknown> = Promise.resolve();

  async function receive(message: GateMessage): Promise<Refusal> {
    const recorded = last.then(async () => {
      const { refusal } = await recordMessage.executeWithOptions(
        { summary: `${message.kind} by ${message.approver}` },
        [{ ...about(), gate: waiting?.gate ?? null, accepted, message, now: Date.now() }],
      );
      if (refusal === null) accepted.push(message);
      changed();
      return refusal ?? undefined;
    });
    last = recorded.catch(() => undefined);
    return recorded;
  }

  onMessage(approve, (value) => receive({ kind: 'approve', ...value }), refused);
  onMessage(goLive, (value) => receive({ kind: 'approve', gate: goLiveGate, ...value }), refused);
  onMessage(reject, (value) => receive({ kind: 'reject', ...value }), refused);
  onMessage(
    retry,
    async () => {
      if (!canRetry) return 'Nothing waits to be tried again: a retry is an answer to a gate that lists failures';
      retryRequested = true;
      return undefined;
    },
    refused,
  );

  return {
    waiting: () => waiting,
    open: async (gate, asks, { canRetry: retryable = false, toAccept = [] } = {}) => {
      accepted = [];
      retryRequested = false;
      canRetry = retryable;
      const state = () => gateState(tokenless(gate), accepted, Date.now());
      const show = () => {
        const now = state();
        waiting = { gate, asks, toAccept, missing: now.kind === 'waiting' ? now.missing : 0 };
        changed();
      };
      show();
      upsertSearchAttributes([{ key: waitingForKey, value: gate.name }]);
      let seen = 0;
      while (state().kind === 'waiting' && !retryRequested && !stopped()) {
        await answered(gate, () => retryRequested || stopped() || accepted.length > seen);
        seen = accepted.length;
        show();
      }
      const outcome = retryRequested ? ({ kind: 'retry' } as const) : outcomeOf(state(), accepted);
      waiting = null;
      canRetry = false;
      upsertSearchAttributes([{ key: waitingForKey, value: nobody }]);
      changed();
      return outcome;
    },
  };
}

/** Or the gate has expired. */
async function answered({ expiresAt }: OpenGate, moved: () => boolean): Promise<void> {
  if (expiresAt === undefined) return condition(moved);
  const summary = `until the gate expires, ${new Date(expiresAt).toISOString()}`;
  await condition(moved, Math.max(1, expiresAt - Date.now()), { summary });
}

/** The state of a gate does not depend on its token: what is in `accepted` has passed it. */
function tokenless(gate: OpenGate): Gate {
  return { ...gate, token: '' };
}

function outcomeOf(state: GateState, accepted: readonly GateMessage[]): GateOutcome {
  switch (state.kind) {
    case 'open':
      return {
        kind: 'approved',
        approvers: state.approvers,
        accepted: accepted.flatMap((message) => (message.kind === 'approve' ? (message.accept ?? []) : [])),
      };
    case 'rejected':
      return { kind: 'rejected', by: state.by, reason: state.reason };
    case 'expired':
    case 'waiting':
      return { kind: 'rejected', by: 'nobody', reason: 'the gate has expired' };
  }
}

/**
 * Gates: where a run waits for people. Messages are recorded one after the other; what counts, and how the gate then stands, is decided
 * where they are recorded.
 */
import { condition, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { GateQuestion, GateStanding } from '../../activities/gates.js';
import { nobody, waitingForKey } from '../../contract/searchAttributes.js';
import type { Failed } from '../../domain/gates/accepting.js';
import { type Addressed, type GateMessage, noGateWaits, whyMisplaced, whyOfOtherRun } from '../../domain/gates/gate.js';
import { answerGate, askGate } from '../activities.js';
import { approve, goLive, type Handling, onMessage, type Refusal, reject, retry } from '../messages.js';
import { follow, type Shown } from './following.js';
import { type Refuse, whyFull } from './refusals.js';

export type GateOutcome =
  | { readonly kind: 'approved'; readonly approvers: readonly string[]; readonly accepted: readonly string[] }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'retry' };

/** What is asked, of an upgrade that is known by then. */
export type AskedOf = Pick<GateQuestion, 'infrastructure' | 'environment' | 'upgrade' | 'plan'>;

export interface WaitingGate {
  readonly question: GateQuestion;
  readonly standing: GateStanding;
  /** What the gate asks, in sentences for the details. */
  readonly asks: readonly string[];
  /** `retry` is an answer too. */
  readonly canRetry: boolean;
}

export interface GateOptions {
  readonly canRetry?: boolean;
  /** What it asks about beside the plan; an answer counts as long as that is the same. */
  readonly about?: readonly string[];
  /** Digest of what was deployed when the tests ran. */
  readonly tested?: string | undefined;
  /** What it says has failed. */
  readonly failed?: Failed;
  /** What it asks about may be repaired while it waits: what is shown follows. */
  readonly mayChange?: boolean;
  /** Something has to be repaired: there is nothing to accept by name, and it is asked anew each time where `about` says nothing. */
  readonly repair?: boolean;
}

export interface Gates {
  readonly waiting: () => WaitingGate | null;
  /** Opens the gate and waits for its outcome; at once where an earlier run of the upgrade was told. */
  readonly open: (gate: string, of: AskedOf, asks: readonly string[], options?: GateOptions) => Promise<GateOutcome>;
  /** Names that were accepted at the gate, where it is open already; undefined: it has to be asked. */
  readonly accepted: (gate: string, of: AskedOf, options?: GateOptions) => Promise<readonly string[] | undefined>;
}

/** Answers that wait for their turn to be recorded: more than all people who are asked could send, and few for a program in a loop. */
const mostAtOnce = 50;

const tooMany = 'Too many answers came at once, and are looked at one after the other: send it again in a minute';

const noRetry = 'Nothing waits to be tried again: a retry is an answer to a gate that lists failures';

/** The gate that lets users in again. */
export const goLiveGate = 'go live';

/**
 * `about` is asked when a message is recorded: the upgrade's number is known only once the plan is. A gate that waits ends without
 * an outcome that counts once `stopped` says so. `otherwise`: what the run waits for from people once no gate waits.
 */
export function gates(
  about: () => { readonly upgrade: string; readonly environment: string },
  stopped: () => boolean,
  changed: () => void,
  refused: Refuse,
  otherwise: () => string = () => nobody,
): Gates {
  let waiting: WaitingGate | null = null;
  let retryRequested = false;
  let last: Promise<unknown> = Promise.resolve();
  let recording = 0;

  async function receive(message: GateMessage): Promise<Refusal> {
    recording += 1;
    const recorded = last.then(async () => {
      const { refusal, standing } = await answerGate.executeWithOptions(
        { summary: `${message.kind} by ${message.approver}` },
        [{ ...about(), question: waiting?.question ?? null, message, now: Date.now() }],
      );
      if (waiting && standing) waiting = { ...waiting, standing };
      changed();
      return refusal ?? undefined;
    });
    last = recorded.catch(() => undefined).finally(() => (recording -= 1));
    return recorded;
  }

  /** The gate as answers name it; the token is for the words of a refusal, and compared where that is right. */
  const addressed = ({ question: { gate, plan }, standing }: WaitingGate): Addressed => ({
    name: gate,
    planHash: plan,
    token: workflowInfo().runId,
    toAccept: standing.toAccept,
  });

  function answer<T>(asMessage: (value: T) => GateMessage): Handling<T> {
    return {
      receive: (value) => receive(asMessage(value)),
      refusal: (value) =>
        whyFull() ??
        (recording >= mostAtOnce ? tooMany : undefined) ??
        (waiting ? whyMisplaced(addressed(waiting), asMessage(value)) : noGateWaits),
      updateRefusal: (value) => (waiting ? whyOfOtherRun(addressed(waiting), asMessage(value)) : noGateWaits),
      refused,
    };
  }

  onMessage(
    approve,
    answer((value) => ({ kind: 'approve', ...value })),
  );
  onMessage(
    goLive,
    answer((value) => ({ kind: 'approve', gate: goLiveGate, ...value })),
  );
  onMessage(
    reject,
    answer((value) => ({ kind: 'reject', ...value })),
  );
  onMessage(retry, {
    receive: async () => {
      retryRequested = true;
      return undefined;
    },
    refusal: () => whyFull() ?? (waiting?.canRetry ? undefined : noRetry),
    refused,
  });

  function questionOf(
    gate: string,
    of: AskedOf,
    { about: texts = [], failed, tested, repair }: GateOptions,
  ): GateQuestion {
    return {
      ...of,
      gate,
      about: repair && texts.length === 0 ? [`since ${Date.now()}`] : texts,
      ...(repair ? { repair } : {}),
      ...(failed === undefined ? {} : { failed }),
      ...(tested === undefined ? {} : { tested }),
      firstRun: workflowInfo().firstExecutionRunId,
      asked: Date.now(),
    };
  }

  function ask(question: GateQuestion): Promise<GateStanding> {
    return askGate.executeWithOptions({ summary: `who has to answer the gate ${question.gate}?` }, [question]);
  }

  const shown: Shown = {
    standing: () => waiting?.standing,
    show: (standing) => {
      if (waiting) waiting = { ...waiting, standing };
      changed();
    },
  };

  return {
    waiting: () => waiting,
    accepted: async (gate, of, options = {}) => {
      const { state, accepted } = await ask(questionOf(gate, of, options));
      return state.kind === 'open' ? accepted : undefined;
    },
    open: async (gate, of, asks, options = {}) => {
      const question = questionOf(gate, of, options);
      const asked = await ask(question);
      if (asked.state.kind === 'open') return outcomeOf(asked);
      retryRequested = false;
      waiting = { question, standing: asked, asks, canRetry: options.canRetry ?? false };
      upsertSearchAttributes([{ key: waitingForKey, value: gate }]);
      changed();
      const open = waiting;
      const standing = () => waiting?.standing ?? open.standing;
      const moved = () => standing().state.kind !== 'waiting' || retryRequested || stopped();
      const unfollow = options.mayChange ? follow(question, shown) : undefined;
      try {
        const inTime = await answered(asked, moved);
        const outcome = retryRequested ? ({ kind: 'retry' } as const) : outcomeOf(inTime ? standing() : expired);
        waiting = null;
        upsertSearchAttributes([{ key: waitingForKey, value: otherwise() }]);
        changed();
        return outcome;
      } finally {
        await unfollow?.();
      }
    },
  };
}

const expired: Pick<GateStanding, 'state' | 'accepted'> = { state: { kind: 'expired' }, accepted: [] };

/** False: the gate has expired before. */
async function answered({ expiresAt }: GateStanding, moved: () => boolean): Promise<boolean> {
  if (expiresAt === null) {
    await condition(moved);
    return true;
  }
  const summary = `until the gate expires, ${new Date(expiresAt).toISOString()}`;
  return condition(moved, Math.max(1, expiresAt - Date.now()), { summary });
}

function outcomeOf({ state, accepted }: Pick<GateStanding, 'state' | 'accepted'>): GateOutcome {
  switch (state.kind) {
    case 'open':
      return { kind: 'approved', approvers: state.approvers, accepted };
    case 'rejected':
      return { kind: 'rejected', by: state.by, reason: state.reason };
    case 'expired':
    case 'waiting':
      return { kind: 'rejected', by: 'nobody', reason: 'the gate has expired' };
  }
}

/**
 * The messages people and programs send to a run. Each is a signal and, under the same name, an update for callers that want the
 * refusal as an answer. Descriptions hold the JSON to type; the Temporal UI shows them while one chooses.
 */
import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Form } from '../domain/form.js';
import { messages } from '../domain/message.js';

export interface Message<T> {
  readonly name: string;
  readonly description: string;
  readonly form: Form<T>;
}

/** A message whose description ends with an example that passes its check. */
function message<T>(name: string, form: Form<T>, does: string): Message<T> {
  return { name, form, description: `${does}: ${form.example}` };
}

export const approve = message(
  'approve',
  messages.approve,
  'Opens a gate. Copy gate, plan and token from the current details; the gate applications asks for "accept" and "reason" too',
);
export const reject = message(
  'reject',
  messages.reject,
  'Closes a gate for good. Copy gate, plan and token from the current details',
);
export const retry = message('retry', messages.retry, 'At a gate that lists failures: does again what failed');
export const goLive = message(
  'goLive',
  messages.goLive,
  'Opens the gate go live: users are let in. Copy plan and token from the current details',
);
export const rollback = message(
  'rollback',
  messages.rollback,
  'Takes the environment back to its snapshot, whatever window or freeze there is; says what is lost',
);
export const stop = message(
  'stop',
  messages.stop,
  'Ends this run before its next step; starting again goes on from there',
);
export const pause = message('pause', messages.pause, 'Starts nothing new until resume; what runs ends first');
export const resume = message('resume', messages.resume, 'Goes on after a pause');

/** Undefined: accepted. Else the reason of the refusal, in a sentence. */
export type Refusal = string | undefined;

/**
 * Handles `message` as signal and as update. A signal that is refused is told to `refused`, for it has no answer, with its payload
 * when that was never received; an update fails with the refusal: a wrong shape in its validator, which leaves nothing in the history,
 * the rest in its handler. A message that came with the start would be handled while the run is still being set up: each yields first.
 */
export function onMessage<T>(
  message: Message<T>,
  receive: (value: T) => Promise<Refusal>,
  refused: (message: string, reason: string, payload?: unknown) => void,
): void {
  const {
    name,
    description,
    form: { check },
  } = message;
  setHandler(
    defineSignal<[unknown]>(name),
    async (payload) => {
      await Promise.resolve();
      const checked = check(payload);
      const refusal = checked.ok ? await receive(checked.value) : checked.problem;
      if (refusal !== undefined) refused(name, refusal, checked.ok ? undefined : (payload ?? null));
    },
    { description },
  );
  setHandler(
    defineUpdate<{ accepted: true }, [unknown]>(name),
    async (payload) => {
      await Promise.resolve();
      const checked = check(payload);
      const refusal = checked.ok ? await receive(checked.value) : checked.problem;
      if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal, 'MESSAGE_REFUSED');
      return { accepted: true };
    },
    {
      description,
      validator: (payload) => {
        const checked = check(payload);
        if (!checked.ok) throw ApplicationFailure.nonRetryable(checked.problem, 'MESSAGE_REFUSED');
      },
    },
  );
}

/** How a run stands, for programs; people read the current details. */
export interface RunStatus {
  /** The release the run works towards; null where it takes the environment's own. */
  readonly target: string | null;
  readonly step: string;
  /** The gate that waits for people, with the message that opens it; null while none does. */
  readonly gate: {
    readonly name: string;
    readonly approvalsMissing: number;
    readonly approve: Record<string, unknown>;
    readonly asks: readonly string[];
  } | null;
  readonly paused: { readonly by: string; readonly reason: string } | null;
  readonly refusals: readonly string[];
}

export const status = defineQuery<RunStatus>('status');

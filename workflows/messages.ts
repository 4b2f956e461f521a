/**
 * The messages people and programs send to a run. Each is a signal and, under the same name, an update for callers that want the
 * refusal as an answer. Descriptions hold the JSON to type; the Temporal UI shows them while one chooses.
 */
import { ApplicationFailure, defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Form } from '../domain/messages/form.js';
import { messages } from '../domain/messages/message.js';
import type { TaskOverview } from '../domain/tasks/overview.js';
import type { Refuse } from './parts/refusals.js';

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
export const completeTask = message(
  'completeTask',
  messages.completeTask,
  'Says that a task is done, not possible or failed. Copy it from the current details; a task that is not done needs a reason',
);
export const reopenTask = message(
  'reopenTask',
  messages.reopenTask,
  'Opens a task again, as long as the run has not begun its next step. Copy task and token from the current details',
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

export interface Handling<T> {
  /** Takes it, or says why not. */
  readonly receive: (value: T) => Promise<Refusal>;
  /** What can be said against it at once, from what the run knows. Changes nothing. */
  readonly refusal?: (value: T) => Refusal;
  /** The same for updates alone: it is not asked again when the history is replayed, and may compare the run’s id. */
  readonly updateRefusal?: (value: T) => Refusal;
  /** Told of a signal that is refused, for it has no answer; with its payload when it was not received. */
  readonly refused: Refuse;
}

/**
 * Handles `message` as signal and as update. An update fails with the refusal, if it can in its validator: one that is refused there
 * leaves nothing in the history and is none of the 2,000 that the server lets a run have. A message that came with the start would be
 * handled while the run is still being set up: each yields first.
 */
export function onMessage<T>(
  message: Message<T>,
  { receive, refusal = taken, updateRefusal = taken, refused }: Handling<T>,
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
      const atOnce = checked.ok ? refusal(checked.value) : checked.problem;
      if (atOnce !== undefined) {
        const recorded = refused(name, atOnce, payload ?? null);
        if (recorded) await recorded;
        return;
      }
      const reason = checked.ok ? await receive(checked.value) : undefined;
      if (reason !== undefined) refused(name, reason);
    },
    { description },
  );
  setHandler(
    defineUpdate<{ accepted: true }, [unknown]>(name),
    async (payload) => {
      await Promise.resolve();
      const checked = check(payload);
      const reason = checked.ok ? (refusal(checked.value) ?? (await receive(checked.value))) : checked.problem;
      if (reason !== undefined) throw ApplicationFailure.nonRetryable(reason, 'MESSAGE_REFUSED');
      return { accepted: true };
    },
    {
      description,
      validator: (payload) => {
        const checked = check(payload);
        const reason = checked.ok ? (refusal(checked.value) ?? updateRefusal(checked.value)) : checked.problem;
        if (reason !== undefined) throw ApplicationFailure.nonRetryable(reason, 'MESSAGE_REFUSED');
      },
    },
  );
}

function taken(): undefined {
  return undefined;
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
  /** Null before it has asked for a task; absent where the procedure asks for none. */
  readonly tasks?: TasksStatus | null;
  readonly paused: { readonly by: string; readonly reason: string } | null;
  readonly refusals: readonly string[];
  /** What it waits for that is no person, such as a host that is away; null: nothing. Absent where the procedure waits for people only. */
  readonly awaits?: string | null;
  /** Null before it has a plan; absent where the procedure has no steps of a plan. */
  readonly progress?: RunProgress | null;
}

/** Tasks that the run has asked for. */
export interface TasksStatus extends TaskOverview {
  /** What a message about any of them has to name. */
  readonly token: string;
  /** The message that completes the most urgent one, with the rest left to fill in; null while none is open. */
  readonly complete: Readonly<Record<string, unknown>> | null;
}

/** How far a run is in its plan. */
export interface RunProgress {
  /** The step, or environment, that it does now: from 1 on, of so many. */
  readonly position: number;
  readonly of: number;
  /** When that began, ISO 8601 UTC. */
  readonly began: string;
  /** Milliseconds that it is expected to take, and those after it; null where that is not known. */
  readonly expected: { readonly now: number; readonly later: number } | null;
  /** When the window closes, ISO 8601 UTC; null: it has not opened, or never closes. */
  readonly closes: string | null;
}

export const status = defineQuery<RunStatus>('status');

/** Messages about a task: which count, and what to send instead of one that does not. */

import { isPlaceholder, person, toFillIn as placeholder } from '../gates/person.js';
import type { Checked } from '../messages/form.js';
import type { TaskCompletion, TaskReopening } from '../messages/message.js';
import { canonicalJson } from '../plan/canonicalJson.js';
import { bytesOf, counted } from '../text.js';
import { checkEvidence } from './evidence.js';
import type { Evidence } from './evidenceField.js';
import { toFillIn } from './evidenceWords.js';
import type { Task, TaskState } from './task.js';

/** A task as an answer to it is judged. */
export type AnsweredTask = Pick<Task, 'task' | 'title' | 'evidence' | 'state'>;

/** Bytes of an answer, as JSON: those of 200 tasks are read by one activity, whose result Temporal takes up to 2 MB. */
const longestAnswer = 8_000;

/** The JSON to paste, as an object: where it is to be filled in, it is refused as it stands. */
export function completionToSend({ task, evidence }: AnsweredTask, token: string): Readonly<Record<string, unknown>> {
  const required = evidence.filter((field) => field.required);
  return {
    task,
    token,
    outcome: 'done',
    by: placeholder.name,
    ...(required.length === 0
      ? {}
      : { evidence: Object.fromEntries(required.map((field) => [field.name, toFillIn(field)])) }),
  };
}

/** Whether the completion counts, but for its token: with the evidence as it is kept. */
export function checkCompletion(task: AnsweredTask, message: TaskCompletion, token: string): Checked<Evidence> {
  const send = `send ${JSON.stringify(completionToSend(task, token))}`;
  const closed = whyClosed(task);
  if (closed !== undefined) return { ok: false, problem: closed };
  if (isNobody(message.by)) return { ok: false, problem: `It says nobody who did it ("by"): ${send}` };
  if (message.outcome !== 'done' && lacks(message.reason)) {
    const why = JSON.stringify({ ...reopeningToSend(task, token), outcome: message.outcome });
    return { ok: false, problem: `A task that is ${message.outcome} needs a reason: send ${why}` };
  }
  const checked = checkEvidence(task.evidence, message.evidence ?? {}, { whole: message.outcome === 'done' });
  if (!checked.ok) return { ok: false, problem: `${checked.problem}: ${send}` };
  const bytes = bytesOf(canonicalJson({ evidence: checked.value, reason: message.reason }));
  if (bytes <= longestAnswer) return checked;
  const most = `${counted(bytes)} bytes as JSON, ${counted(longestAnswer)} are the most`;
  return { ok: false, problem: `Evidence and reason have ${most}; what is longer can be named as a file: ${send}` };
}

/** As `completionToSend`, for one that has to be done again. */
export function reopeningToSend({ task }: Pick<Task, 'task'>, token: string): Readonly<Record<string, unknown>> {
  return { task, token, by: placeholder.name, reason: placeholder.reason };
}

/** Why it cannot be opened again, but for the token; undefined: it can. */
export function whyNotReopened(
  { task, title, state }: AnsweredTask,
  message: TaskReopening,
  token: string,
): string | undefined {
  const send = `send ${JSON.stringify(reopeningToSend({ task }, token))}`;
  const named = `Task ${task} (${title})`;
  if (state.kind === 'open') return `${named} is open: nothing is left to send`;
  if (state.kind === 'withdrawn') return `${named} was withdrawn by ${state.by} (${state.reason}): nobody waits for it`;
  if (isNobody(message.by)) return `It says nobody who wants it ("by"): ${send}`;
  return lacks(message.reason) ? `It says no reason: ${send}` : undefined;
}

/** Whether it was made for another run than the one that waits, whose token a run must not compare where a replay asks again. */
export function whyOfOtherRun(sent: { readonly token: string }, send: unknown, token: string): string | undefined {
  if (sent.token === token) return undefined;
  return `The token "${sent.token}" belongs to another run: send ${JSON.stringify(send)}`;
}

/** Why it takes no completion any more; undefined: it is open. */
export function whyClosed({ task, title, state }: AnsweredTask): string | undefined {
  return state.kind === 'open' ? undefined : `Task ${task} (${title}) ${endedText(state)}: nothing is left to send`;
}

/** `was done by ana at 2026-03-01T22:30:00.000Z` */
export function endedText(state: Exclude<TaskState, { readonly kind: 'open' }>): string {
  const why = state.reason === null ? '' : ` (${state.reason})`;
  switch (state.kind) {
    case 'done':
    case 'withdrawn':
      return `was ${state.kind} by ${state.by} at ${state.at}${why}`;
    case 'failed':
      return `failed, as ${state.by} said at ${state.at}${why}`;
    case 'not possible':
      return `was not possible, as ${state.by} said at ${state.at}${why}`;
  }
}

function isNobody(name: string): boolean {
  return person(name) === '' || isPlaceholder(name);
}

function lacks(reason = ''): boolean {
  return person(reason) === '' || isPlaceholder(reason);
}

/**
 * Tasks: deeds that people, or other systems, do for an upgrade. One belongs to an upgrade, one of its environments or all, a step and a
 * subject within it: whoever goes on with the upgrade finds it open or answered, never twice.
 */

import { canonicalJson } from '../plan/canonicalJson.js';
import { bytesOf, counted, nameRule, reasonRule, type TextRule, textProblem } from '../text.js';
import { type Evidence, type EvidenceField, fieldsProblem } from './evidenceField.js';
import { momentOf } from './moment.js';

/** What is asked for. */
export interface Todo extends TaskTimes {
  /** As the plan calls it. */
  readonly step: string;
  /** What of the step it is about, such as a front end or a workstation; empty: all of it. */
  readonly subject: string;
  readonly title: string;
  /** Why it is asked: the id of a rule, and more where that does not say it. */
  readonly reason: string;
  /** What to do, step by step. */
  readonly instructions: readonly string[];
  /** People or teams who are asked to do it; empty: anybody. Whoever does it is recorded, asked or not. */
  readonly asked: readonly string[];
  readonly evidence: readonly EvidenceField[];
  /** It has to be done again although it was answered; absent: what was answered is taken. */
  readonly again?: Again;
}

/** `revision`: of the answer that is not taken, so that a newer one is. */
interface Again {
  readonly reason: string;
  readonly revision: number;
}

/** ISO 8601 moments on the clock of the run; absent: none. Those of the first time that it is asked stay. */
export interface TaskTimes {
  readonly due?: string;
  readonly reminder?: string;
  readonly escalation?: Escalation;
}

interface Escalation {
  readonly at: string;
  /** Who has to know that it is not done. */
  readonly to: readonly string[];
}

/** How a task can end. */
export const outcomes = ['done', 'not possible', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** What a step is told when its task has ended. */
export interface TaskResult {
  readonly kind: Outcome;
  readonly by: string;
  /** Null: none was given, which only one that is done allows. */
  readonly reason: string | null;
  readonly evidence: Evidence;
  /** Its number. */
  readonly task: number;
}

/** `at`: ISO 8601 UTC, on the clock of the store. */
export type TaskState =
  | { readonly kind: 'open' }
  | ({ readonly kind: Outcome; readonly at: string } & Pick<TaskResult, 'by' | 'reason' | 'evidence'>)
  /** Nobody waits for it any more. */
  | { readonly kind: 'withdrawn'; readonly at: string; readonly by: string; readonly reason: string };

/** How a task stands. */
export interface TaskStanding {
  /** The number that people type; one sequence for all of a store. */
  readonly task: number;
  /** Grows with each change: what is older is not believed. */
  readonly revision: number;
  readonly state: TaskState;
  readonly times: TaskTimes;
  readonly reminded: boolean;
  readonly escalated: boolean;
}

export type Task = TaskStanding & Omit<Todo, keyof TaskTimes | 'again'>;

/** Bytes of what is asked in one task, as JSON: 200 of them are opened by one activity, whose input Temporal takes up to 2 MB. */
const longestTodo = 8_000;

/** The lines of an instruction are read as one. */
const instructionRule: TextRule = { ...reasonRule, most: 1_000 };

/** What is wrong with it, in a sentence; undefined: it can be asked. */
export function todoProblem(todo: Todo): string | undefined {
  const texts: readonly (readonly [string, string, TextRule])[] = [
    ['step', todo.step, nameRule],
    ['subject', todo.subject, nameRule],
    ['title', todo.title, nameRule],
    ['reason', todo.reason, reasonRule],
    ...todo.instructions.map((text, index) => [`instruction ${index + 1}`, text, instructionRule] as const),
    ...[...todo.asked, ...(todo.escalation?.to ?? [])].map((name) => ['name', name, nameRule] as const),
  ];
  const problem = texts.map(([what, text, rule]) => found(`Its ${what}`, textProblem(text, rule))).find(isFound);
  const untitled = todo.step.trim() === '' || todo.title.trim() === '' ? 'It has no step or no title' : undefined;
  const moments = [todo.due, todo.reminder, todo.escalation?.at].filter((moment) => moment !== undefined);
  const untimely = moments.find((moment) => momentOf(moment) === undefined);
  const bytes = bytesOf(canonicalJson(todo));
  return (
    untitled ??
    problem ??
    fieldsProblem(todo.evidence) ??
    (untimely === undefined ? undefined : `${JSON.stringify(untimely)} is no moment with its zone`) ??
    (bytes <= longestTodo ? undefined : `It has ${counted(bytes)} bytes as JSON, ${counted(longestTodo)} are the most`)
  );
}

function found(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${what} ${problem}`;
}

function isFound(problem: string | undefined): problem is string {
  return problem !== undefined;
}

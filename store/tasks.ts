/** Tasks as they are kept, one of each upgrade, environment, step and subject: opened where they are not yet, found again where they are. */
import type { Selectable, UpdateObject } from 'kysely';
import type { Task, TaskState, TaskTimes, Todo } from '../domain/tasks/task.js';
import { oneLine } from '../domain/text.js';
import { insertEvidence } from './evidence.js';
import { nowText, type Store, type StoreTables } from './store.js';

export type TaskRow = Selectable<StoreTables['tasks']>;

type TaskChanges = UpdateObject<StoreTables, 'tasks'>;

/** A task with whose it is. */
export interface RecordedTask extends Task {
  /** `acme#7` */
  readonly upgrade: string;
  /** Empty: the whole infrastructure. */
  readonly environment: string;
  /** The run that asked last: where answers go. */
  readonly workflow: string;
  /** ISO 8601 UTC. */
  readonly openedAt: string;
}

/** Whose tasks they are, and the run that asks. */
export interface TaskOwner {
  readonly upgrade: string;
  readonly environment: string;
  readonly workflow: string;
  readonly run: string;
}

type Wording = Omit<Todo, keyof TaskTimes | 'step' | 'subject' | 'again'>;

/**
 * In their order. One that was opened before is worded as it is now, and keeps its times; one that has ended stays as it is, unless it was
 * withdrawn or has to be done again: then it is opened again, with the times of now. Idempotent by upgrade, environment, step and subject.
 */
export async function openTasks(
  store: Store,
  owner: TaskOwner,
  todos: readonly Todo[],
): Promise<readonly RecordedTask[]> {
  return store.transaction().execute(async (transaction) => {
    const opened: RecordedTask[] = [];
    for (const todo of todos) opened.push(taskOf(await openTask(transaction, owner, todo)));
    return opened;
  });
}

/** Undefined: no task has this number. */
export async function taskNumbered(store: Store, number: number): Promise<RecordedTask | undefined> {
  const row = await store.selectFrom('tasks').selectAll().where('number', '=', number).executeTakeFirst();
  return row && taskOf(row);
}

/** By number. */
export async function allTasks(store: Store): Promise<readonly RecordedTask[]> {
  const rows = await store.selectFrom('tasks').selectAll().orderBy('number').execute();
  return rows.map(taskOf);
}

/** What happened to a task, or was sent about it. */
export interface TaskEvent {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Null: it was taken. */
  readonly refusal: string | null;
}

/** In the order it happened. */
export async function taskHistory(
  store: Store,
  { task, upgrade, environment }: RecordedTask,
): Promise<readonly TaskEvent[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['at', 'name', 'payload', 'refusal'])
    .where('upgrade', '=', upgrade)
    .where('environment', '=', environment)
    .where('subject', '=', taskSubject(task))
    .orderBy('id')
    .execute();
  return rows.map(({ payload, ...row }) => ({ ...row, payload: JSON.parse(payload) as TaskEvent['payload'] }));
}

/** Of what is recorded about it. */
export function taskSubject(task: number): string {
  return `task ${task}`;
}

export function taskOf(row: TaskRow): RecordedTask {
  return {
    ...(JSON.parse(row.wording) as Wording),
    task: row.number,
    upgrade: row.upgrade,
    environment: row.environment,
    step: row.step,
    subject: row.subject,
    workflow: row.workflow,
    openedAt: row.opened_at,
    revision: row.revision,
    times: JSON.parse(row.times) as TaskTimes,
    reminded: row.reminded === 1,
    escalated: row.escalated === 1,
    state: stateOf(row),
  };
}

/** A change that no message made, with its evidence: each is another revision, which makes it unique. */
export async function changeTask(
  within: Store,
  before: TaskRow,
  changes: TaskChanges,
  { name, payload }: { readonly name: string; readonly payload: Readonly<Record<string, unknown>> },
): Promise<TaskRow> {
  const row = await updateTask(within, before, { ...changes, revision: before.revision + 1 });
  await keepEvent(within, row, name, payload);
  return row;
}

export async function updateTask(within: Store, { number }: TaskRow, changes: TaskChanges): Promise<TaskRow> {
  return within.updateTable('tasks').set(changes).where('number', '=', number).returningAll().executeTakeFirstOrThrow();
}

/** Of one that is open. */
export const unanswered = { state: 'open', ended_at: null, ended_by: null, reason: null, evidence: null } as const;

async function openTask(within: Store, owner: TaskOwner, todo: Todo): Promise<TaskRow> {
  const { upgrade, environment, workflow, run } = owner;
  const { step, subject, due, reminder, escalation, again, ...asked } = todo;
  const wording = JSON.stringify({
    ...asked,
    reason: oneLine(asked.reason),
    instructions: asked.instructions.map(oneLine),
  });
  const times = JSON.stringify({ due, reminder, escalation });
  const before = await within
    .selectFrom('tasks')
    .selectAll()
    .where('upgrade', '=', upgrade)
    .where('environment', '=', environment)
    .where('step', '=', step)
    .where('subject', '=', subject)
    .executeTakeFirst();
  const opened = { name: 'task opened', payload: { title: todo.title, step, subject, asked: todo.asked, due } };
  switch (before?.state) {
    case undefined: {
      const inserted = await within
        .insertInto('tasks')
        .values({
          ...{ upgrade, environment, workflow, run, step, subject, wording, times, ...unanswered },
          ...{ opened_at: nowText, revision: 1, reminded: 0, escalated: 0 },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await keepEvent(within, inserted, opened.name, opened.payload);
      return inserted;
    }
    case 'withdrawn': {
      const again = { workflow, run, wording, times, ...unanswered, reminded: 0, escalated: 0 };
      return changeTask(within, before as TaskRow, again, opened);
    }
    case 'open':
      return updateTask(within, before as TaskRow, { workflow, run, wording });
    case 'done':
    case 'not possible':
    case 'failed':
      return again !== undefined && again.revision === before?.revision
        ? changeTask(
            within,
            before as TaskRow,
            { workflow, run, wording, times, ...unanswered, reminded: 0, escalated: 0 },
            {
              name: 'task opened again',
              payload: { title: todo.title, step, subject, reason: again?.reason },
            },
          )
        : updateTask(within, before as TaskRow, { workflow, run });
  }
}

async function keepEvent(
  within: Store,
  { number, revision, upgrade, environment, workflow, run }: TaskRow,
  name: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await insertEvidence(within, {
    ...{ key: `${taskSubject(number)}/${revision}`, upgrade, environment, workflow, run, name, refusal: null },
    subject: taskSubject(number),
    payload: { task: number, ...payload },
  });
}

function stateOf({ state, ended_at, ended_by, reason, evidence }: TaskRow): TaskState {
  const ended = { at: ended_at ?? '', by: ended_by ?? '' };
  switch (state) {
    case 'open':
      return { kind: state };
    case 'withdrawn':
      return { kind: state, ...ended, reason: reason ?? '' };
    case 'done':
    case 'not possible':
    case 'failed':
      return { kind: state, ...ended, reason, evidence: JSON.parse(evidence ?? '{}') };
  }
}

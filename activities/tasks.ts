/**
 * Tasks: opened, answered, reminded of, withdrawn. What is asked and answered is the store's, so that whoever goes on with an upgrade finds
 * its tasks as they were left.
 *
 * The token of an answer is this run's id and is compared here only: the decision is history, so a reset replays it, while messages that
 * the reset applies again meet the new run and are refused. Such a refusal brings how the task stands, which the new run may not know.
 * Keys: upgrade, environment, step and subject of a task; of an answer the run and the activity.
 */
import { activityInfo } from '@temporalio/activity';
import { UpliftError } from '../domain/errors.js';
import type { TaskCompletion, TaskReopening } from '../domain/messages/message.js';
import {
  checkCompletion,
  completionToSend,
  reopeningToSend,
  whyClosed,
  whyNotReopened,
  whyOfOtherRun,
} from '../domain/tasks/completion.js';
import { type TaskStanding, type Todo, todoProblem } from '../domain/tasks/task.js';
import { reasonRule, shortened } from '../domain/text.js';
import { answerTask, type TaskAnswer, type TaskDecision, type TaskMessage } from '../store/taskAnswers.js';
import { lookAtTasks } from '../store/taskMoments.js';
import { openTasks, type RecordedTask } from '../store/tasks.js';
import { type Withdrawal, withdrawTasksOf } from '../store/taskWithdrawal.js';
import { activityKey, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

/** Whose tasks they are: of an upgrade (`acme#7`), in an environment; empty: in all of them. */
export interface TasksOf {
  readonly upgrade: string;
  readonly environment: string;
}

/** `refusal` is null when the message was taken; `standing` is null where there is no such task. */
export interface TaskMessageAnswer {
  readonly refusal: string | null;
  readonly standing: TaskStanding | null;
}

export interface WithdrawnTasks {
  readonly withdrawn: number;
  /** Title and number of at most ten. */
  readonly titles: readonly string[];
}

export const taskActivities = ({ store }: Dependencies) => ({
  /** In the order of `todos`. Throws `INPUT_INVALID` for one that nobody could be asked. Held back by a pause of everything. */
  openTasks: effectful(
    store,
    async ({ todos, ...of }: TasksOf & { readonly todos: readonly Todo[] }): Promise<readonly TaskStanding[]> => {
      for (const todo of todos) assertAskable(todo);
      return (await openTasks(store, { ...of, ...thisRun() }, todos)).map(standingOf);
    },
  ),

  recordCompletion: explained(
    async ({ message, ...of }: TasksOf & { readonly message: TaskCompletion }): Promise<TaskMessageAnswer> => {
      const { run } = thisRun();
      return answered(
        await answerTask(store, recorded(of, 'completeTask', message), (task) => completion(task, message, run)),
      );
    },
  ),

  recordReopening: explained(
    async ({ message, ...of }: TasksOf & { readonly message: TaskReopening }): Promise<TaskMessageAnswer> => {
      const { run } = thisRun();
      const decide = (task: RecordedTask | null, ended: boolean) => reopening(task, message, run, ended);
      return answered(await answerTask(store, recorded(of, 'reopenTask', message), decide));
    },
  ),

  /** How they stand, by number; a reminder or an escalation that has come by `now` (the workflow's clock) is recorded. */
  lookAtTasks: explained(
    async ({ tasks, now }: { tasks: readonly number[]; now: number }): Promise<readonly TaskStanding[]> =>
      (await lookAtTasks(store, tasks, now)).map(standingOf),
  ),

  /** All open ones of an environment: it is taken over, and who works on them has to know. Not held back by a pause. */
  withdrawTasks: explained(
    async ({
      infrastructure,
      environment,
      by,
      reason,
    }: { infrastructure: string; environment: string } & Withdrawal): Promise<WithdrawnTasks> => {
      const tasks = await withdrawTasksOf(store, { infrastructure, environment }, { by, reason });
      return { withdrawn: tasks.length, titles: tasks.slice(0, named).map(({ task, title }) => `${title} (${task})`) };
    },
  ),
});

const named = 10;

function assertAskable(todo: Todo): void {
  const problem = todoProblem(todo);
  if (problem === undefined) return;
  throw new UpliftError('INPUT_INVALID', {
    what: `The task ${JSON.stringify(shortened(todo.title, 60))} cannot be asked. ${problem}`,
    next: 'correct what names it, in uplift.yaml or in what was imported, and make a new plan',
  });
}

function completion(task: RecordedTask | null, message: TaskCompletion, run: string): TaskDecision {
  if (!task) return refused(unknownTask(message.task));
  const untimely = whyClosed(task) ?? whyOfOtherRun(message, completionToSend(task, run), run);
  if (untimely !== undefined) return refused(untimely);
  const checked = checkCompletion(task, message, run);
  if (!checked.ok) return refused(checked.problem);
  const { outcome: kind, by, reason: why = null } = message;
  return { kind: 'ended', result: { kind, by, reason: why, evidence: checked.value } };
}

function reopening(task: RecordedTask | null, message: TaskReopening, run: string, ended: boolean): TaskDecision {
  if (!task) return refused(unknownTask(message.task));
  const reason =
    whyOfOtherRun(message, reopeningToSend(task, run), run) ??
    (ended ? `The upgrade ${task.upgrade} has ended: its tasks stay as they are` : undefined) ??
    whyNotReopened(task, message, run);
  return reason === undefined ? { kind: 'opened again' } : refused(reason);
}

function unknownTask(number: number): string {
  return `There is no task ${number} of this upgrade here: nothing is left to send`;
}

function refused(reason: string): TaskDecision {
  return { kind: 'refused', reason: shortened(reason, reasonRule.most) };
}

function answered({ refusal, task }: TaskAnswer): TaskMessageAnswer {
  return { refusal, standing: task && standingOf(task) };
}

function recorded(of: TasksOf, name: string, message: TaskCompletion | TaskReopening): TaskMessage {
  return { ...of, ...thisRun(), key: activityKey(), name, payload: message, task: message.task };
}

function thisRun(): { readonly workflow: string; readonly run: string } {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  return { workflow: workflowId, run: runId };
}

function standingOf({ task, revision, state, times, reminded, escalated }: RecordedTask): TaskStanding {
  return { task, revision, state, times, reminded, escalated };
}

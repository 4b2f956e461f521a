/** What a list of tasks says: how many are open, which of them are the most urgent, until when, and who is asked. */

import { listed } from '../text.js';
import { momentOf } from './moment.js';
import type { Task } from './task.js';

/** Open tasks of one run, or of a list. */
export interface TaskOverview {
  readonly open: number;
  /** Of those. */
  readonly overdue: number;
  /** The most urgent first, three at most. */
  readonly urgent: readonly Task[];
}

const shown = 3;

/** Of the open ones among `tasks`; `now` in milliseconds since 1970. */
export function overviewOf(tasks: readonly Task[], now: number): TaskOverview {
  const open = byUrgency(tasks.filter(({ state }) => state.kind === 'open'));
  return {
    open: open.length,
    overdue: open.filter((task) => isOverdue(task, now)).length,
    urgent: open.slice(0, shown),
  };
}

/** Those that are due first come first, so that what is overdue comes before all; without a due moment last, by number. */
export function byUrgency<Some extends Pick<Task, 'task' | 'times'>>(tasks: readonly Some[]): readonly Some[] {
  return tasks.toSorted((left, right) => dueAt(left) - dueAt(right) || left.task - right.task);
}

export function isOverdue(task: Pick<Task, 'times' | 'state'>, now: number): boolean {
  return task.state.kind === 'open' && now >= dueAt(task);
}

/** `3 tasks, 1 of them overdue` */
export function countText({ open, overdue }: Pick<TaskOverview, 'open' | 'overdue'>): string {
  const tasks = `${open} ${open === 1 ? 'task' : 'tasks'}`;
  if (overdue === 0) return tasks;
  return `${tasks}, ${open === 1 ? 'overdue' : `${overdue} of them overdue`}`;
}

/** `ana, until 2026-03-01T22:30:00Z, overdue, escalated to otto` */
export function whoUntilWhen(task: Pick<Task, 'asked' | 'times' | 'state' | 'escalated'>, now: number): string {
  const { due, escalation } = task.times;
  return [
    task.asked.length === 0 ? 'anybody' : listed(task.asked, 5),
    ...(due === undefined ? [] : [`until ${due}`]),
    ...(isOverdue(task, now) ? ['overdue'] : []),
    ...(task.escalated && escalation ? [`escalated to ${listed(escalation.to, 5)}`] : []),
  ].join(', ');
}

/** The next moment at which something is to be said of one of them, milliseconds since 1970; undefined: there is none. */
export function nextMoment(
  tasks: readonly Pick<Task, 'times' | 'reminded' | 'escalated'>[],
  now: number,
): number | undefined {
  const moments = tasks.flatMap((task) => {
    const { due, reminder, escalation } = task.times;
    return [
      ...(due !== undefined && dueAt(task) > now ? [due] : []),
      ...(reminder !== undefined && !task.reminded ? [reminder] : []),
      ...(escalation !== undefined && !task.escalated ? [escalation.at] : []),
    ].flatMap((moment) => momentOf(moment) ?? []);
  });
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** Whether a moment has come. */
export function hasCome(moment: string | undefined, now: number): boolean {
  return moment !== undefined && now >= (momentOf(moment) ?? Number.POSITIVE_INFINITY);
}

function dueAt({ times: { due } }: Pick<Task, 'times'>): number {
  return due === undefined ? Number.MAX_SAFE_INTEGER : (momentOf(due) ?? Number.MAX_SAFE_INTEGER);
}

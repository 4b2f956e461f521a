/** What a run knows of the tasks that it has asked for. Answers come in any order: a standing that is older is not believed. */
import { ApplicationFailure } from '@temporalio/workflow';
import { endedText } from '../../domain/tasks/completion.js';
import { overviewOf, type TaskOverview } from '../../domain/tasks/overview.js';
import type { Task, TaskResult, TaskStanding, Todo } from '../../domain/tasks/task.js';

export interface AskedTask extends Task {
  /** The run's step then. */
  readonly askedIn: string;
  /** The step that asked was told how it ended. */
  readonly told: boolean;
  /** The run has left that step behind: how it ended stays. */
  readonly left: boolean;
}

export interface AskedTasks {
  readonly get: (number: number) => AskedTask | undefined;
  readonly some: (numbers: readonly number[]) => readonly AskedTask[];
  /** Those whose step was told. */
  readonly told: () => readonly AskedTask[];
  readonly add: (todo: Todo, standing: TaskStanding, askedIn: string) => void;
  readonly learn: (standings: readonly TaskStanding[]) => void;
  /** That the step was told of those that have ended. */
  readonly tell: (numbers: readonly number[]) => void;
  /** What was told in another step than `step` stays as it is. */
  readonly leave: (step: string) => void;
  /** Of what was answered; undefined: nothing was. */
  readonly revisionOf: (todo: Pick<Todo, 'step' | 'subject'>) => number | undefined;
  readonly anyOpen: () => boolean;
  /** Null: none was asked. */
  readonly overview: () => TaskOverview | null;
}

export function askedTasks(): AskedTasks {
  const asked = new Map<number, AskedTask>();
  const change = (task: AskedTask, changes: Partial<AskedTask>) => asked.set(task.task, { ...task, ...changes });
  const some: AskedTasks['some'] = (numbers) => numbers.flatMap((number) => asked.get(number) ?? []);
  const newest = (standing: TaskStanding): TaskStanding => {
    const known = asked.get(standing.task);
    return known && known.revision > standing.revision ? standingOf(known) : standing;
  };

  return {
    get: (number) => asked.get(number),
    some,
    told: () => [...asked.values()].filter(({ told }) => told),
    add: ({ due, reminder, escalation, again, ...todo }, standing, askedIn) => {
      asked.set(standing.task, { ...todo, ...newest(standing), askedIn, told: false, left: false });
    },
    learn: (standings) => {
      for (const standing of standings) {
        const known = asked.get(standing.task);
        if (known) change(known, newest(standing));
      }
    },
    tell: (numbers) => {
      for (const task of some(numbers)) if (hasEnded(task)) change(task, { told: true });
    },
    leave: (step) => {
      for (const task of asked.values()) if (task.told && task.askedIn !== step) change(task, { left: true });
    },
    revisionOf: ({ step, subject }) =>
      [...asked.values()].find((task) => task.step === step && task.subject === subject)?.revision,
    anyOpen: () => [...asked.values()].some((task) => !hasEnded(task)),
    overview: () => (asked.size === 0 ? null : overviewOf([...asked.values()].map(taskOf), Date.now())),
  };
}

export function hasEnded({ state }: Pick<Task, 'state'>): boolean {
  return state.kind !== 'open';
}

/** Throws `TASK_WITHDRAWN` for one that nobody waits for any more. */
export function resultOf({ task, title, state }: AskedTask): TaskResult {
  switch (state.kind) {
    case 'done':
    case 'not possible':
    case 'failed': {
      const { kind, by, reason, evidence } = state;
      return { kind, by, reason, evidence, task };
    }
    case 'withdrawn':
      throw ApplicationFailure.nonRetryable(
        `Task ${task} (${title}) ${endedText(state)}. Start the upgrade again once nobody else works there: it asks anew`,
        'TASK_WITHDRAWN',
      );
    case 'open':
      throw new Error(`task ${task} is open`); // the run waits for it before
  }
}

function standingOf({ task, revision, state, times, reminded, escalated }: AskedTask): TaskStanding {
  return { task, revision, state, times, reminded, escalated };
}

/** For others. */
function taskOf({ askedIn, told, left, ...task }: AskedTask): Task {
  return task;
}

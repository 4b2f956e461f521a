/**
 * Tasks: where a run waits for deeds of people. They are opened together, each is answered by a message of its own, and the run goes on
 * once all that it asked for have ended. What was answered before is answered at once.
 */
import { condition, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { TaskMessageAnswer, TasksOf } from '../../activities/tasks.js';
import { waitingForKey } from '../../contract/searchAttributes.js';
import type { Checked } from '../../domain/messages/form.js';
import {
  checkCompletion,
  completionToSend,
  reopeningToSend,
  whyNotReopened,
  whyOfOtherRun,
} from '../../domain/tasks/completion.js';
import { nextMoment } from '../../domain/tasks/overview.js';
import type { TaskResult, TaskStanding, Todo } from '../../domain/tasks/task.js';
import { lookAtTasks, openTasks, recordCompletion, recordReopening } from '../activities.js';
import { completeTask, type Handling, onMessage, type Refusal, reopenTask, type TasksStatus } from '../messages.js';
import { type AskedTask, askedTasks, hasEnded, resultOf } from './askedTasks.js';
import { type Refuse, whyFull } from './refusals.js';

export interface Tasks {
  /** Null: the run has asked for none. */
  readonly status: () => TasksStatus | null;
  readonly anyOpen: () => boolean;
  /** The same, to be done again for this reason if it was answered to this run. */
  readonly again: (todo: Todo, reason: string) => Todo;
  /** Opens them where they are not yet; their numbers, in order. */
  readonly ask: (todos: readonly Todo[]) => Promise<readonly number[]>;
  /** Until all of these have ended; a stop ends the waiting before. */
  readonly ended: (numbers: readonly number[]) => Promise<void>;
  /** How they have ended, by what was answered last. Throws `TASK_WITHDRAWN` where nobody waits for one any more. */
  readonly results: (numbers: readonly number[]) => readonly TaskResult[];
  /** None whose end a step was told of is open again, or about to be. */
  readonly settled: () => boolean;
  /** Until that is so; a stop ends the waiting before. */
  readonly untilSettled: () => Promise<void>;
  /** What steps before this one were told stays as it is from now on. */
  readonly leave: () => void;
}

interface Surroundings {
  /** Asked when something is recorded: the upgrade's number is known only once the plan is. */
  readonly about: () => TasksOf;
  readonly step: () => string;
  readonly stopped: () => boolean;
  readonly changed: () => void;
  /** What the run waits for from people, as the search attribute has it. */
  readonly waitsFor: () => string;
  readonly refused: Refuse;
}

/** Opened by one activity: as many as its input and its result bear (domain/tasks). */
const mostTogether = 200;

/** Answers that are recorded at a time: all of one asking, and few for a program in a loop. */
const mostAtOnce = 200;

const tooMany = 'Too many answers came at once: send it again in a minute';

/**
 * Milliseconds until the run looks by itself how its tasks stand; then twice as long, up to a day. A run that a reset made is not told of
 * what was answered to the run before, and none is told of a withdrawal.
 */
const firstLook = 10_000;
const day = 24 * 3_600_000;

export function tasks({ about, step, stopped, changed, waitsFor, refused }: Surroundings): Tasks {
  const asked = askedTasks();
  let recording = 0;
  let waiting = false;

  onMessage(
    completeTask,
    answer({
      why: (task, message) => problemIn(checkCompletion(task, message, token())),
      toSend: completionToSend,
      record: (message) =>
        recordCompletion.executeWithOptions({ summary: `task ${message.task} ${message.outcome}, by ${message.by}` }, [
          { ...about(), message },
        ]),
    }),
  );
  onMessage(
    reopenTask,
    answer({
      why: (task, message) => whyLeft(task) ?? whyNotReopened(task, message, token()),
      toSend: reopeningToSend,
      record: (message) =>
        recordReopening.executeWithOptions({ summary: `task ${message.task} again, by ${message.by}` }, [
          { ...about(), message },
        ]),
    }),
  );

  return {
    status: () => {
      const seen = asked.overview();
      const [first] = seen?.urgent ?? [];
      return seen && { ...seen, token: token(), complete: first ? completionToSend(first, token()) : null };
    },
    anyOpen: asked.anyOpen,
    again: (todo, reason) => {
      const revision = asked.revisionOf(todo);
      return revision === undefined ? todo : { ...todo, again: { reason, revision } };
    },
    ask: async (todos) => {
      const numbers: number[] = [];
      for (let from = 0; from < todos.length; from += mostTogether) {
        numbers.push(...(await open(todos.slice(from, from + mostTogether))));
      }
      return numbers;
    },
    ended: async (numbers) => {
      const over = () => asked.some(numbers).every(hasEnded) || asked.some(numbers).some(isWithdrawn);
      await untilOver(() => asked.some(numbers), over);
      asked.tell(numbers);
    },
    results: (numbers) => asked.some(numbers).map(resultOf),
    settled,
    untilSettled: () => untilOver(asked.told, settled),
    leave: () => asked.leave(step()),
  };

  function answer<Message extends { readonly task: number; readonly token: string }>({
    why,
    toSend,
    record,
  }: Answering<Message>): Handling<Message> {
    return {
      receive: async (message) => {
        recording += 1;
        try {
          const { refusal, standing } = await record(message);
          if (standing) learn([standing]);
          return refusal ?? undefined;
        } finally {
          recording -= 1;
        }
      },
      refusal: (message) => {
        const task = asked.get(message.task);
        const now = whyFull() ?? (recording >= mostAtOnce ? tooMany : undefined);
        return now ?? (task ? why(task, message) : unknown(message.task));
      },
      updateRefusal: (message) => {
        const task = asked.get(message.task);
        return task && whyOfOtherRun(message, toSend(task, token()), token());
      },
      refused,
    };
  }

  async function open(todos: readonly Todo[]): Promise<readonly number[]> {
    const more = todos.length === 1 ? '' : ` and ${todos.length - 1} more`;
    const standings = await openTasks.executeWithOptions({ summary: `ask for ${todos[0]?.title}${more}` }, [
      { ...about(), todos },
    ]);
    for (const [index, todo] of todos.entries()) {
      const standing = standings[index];
      if (standing) asked.add(todo, standing, step());
    }
    tell();
    return standings.map(({ task }) => task);
  }

  /** Looks at them when one of their moments comes, and now and then. */
  async function untilOver(of: () => readonly AskedTask[], over: () => boolean): Promise<void> {
    const moved = () => stopped() || over();
    for (let wait = firstLook; !moved(); wait = Math.min(2 * wait, day)) {
      const now = Date.now();
      const open = of().filter((task) => !hasEnded(task));
      const at = Math.min(now + wait, nextMoment(open, now) ?? Number.POSITIVE_INFINITY);
      const summary = `until ${open.length === 1 ? `task ${open[0]?.task} has` : `${open.length} tasks have`} ended`;
      if (await condition(moved, Math.max(1, at - now), { summary })) return;
      const left = of().filter((task) => !hasEnded(task));
      const looked = { tasks: left.map(({ task }) => task), now: Date.now() };
      learn(await lookAtTasks.executeWithOptions({ summary: 'how do the tasks stand?' }, [looked]));
    }
  }

  function settled(): boolean {
    return recording === 0 && asked.told().every(hasEnded);
  }

  function learn(standings: readonly TaskStanding[]): void {
    asked.learn(standings);
    tell();
  }

  function tell(): void {
    const waits = asked.anyOpen();
    if (waits !== waiting) {
      waiting = waits;
      upsertSearchAttributes([{ key: waitingForKey, value: waitsFor() }]);
    }
    changed();
  }

  function unknown(number: number): string {
    const [first] = asked.overview()?.urgent ?? [];
    const send = first ? `send ${JSON.stringify(completionToSend(first, token()))}` : 'nothing is left to send';
    return `This run has not asked for a task ${number}: ${send}`;
  }
}

interface Answering<Message> {
  readonly why: (task: AskedTask, message: Message) => Refusal;
  readonly toSend: (task: AskedTask, token: string) => Readonly<Record<string, unknown>>;
  readonly record: (message: Message) => Promise<TaskMessageAnswer>;
}

/** For the words of a refusal and of the details; compared where it is recorded. */
function token(): string {
  return workflowInfo().runId;
}

function problemIn(checked: Checked<unknown>): Refusal {
  return checked.ok ? undefined : checked.problem;
}

function whyLeft({ task, title, askedIn, left }: AskedTask): Refusal {
  return left
    ? `Task ${task} (${title}) is of the step ${askedIn}, which the run has left: it stays as it is`
    : undefined;
}

function isWithdrawn({ state }: AskedTask): boolean {
  return state.kind === 'withdrawn';
}

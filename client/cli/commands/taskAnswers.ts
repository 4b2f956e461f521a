/** `uplift complete` and `uplift reopen`: what a person says about a task, to the run that asked for it. */
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { whyClosed } from '../../../domain/tasks/completion.js';
import { type Outcome, outcomes } from '../../../domain/tasks/task.js';
import type { RecordedTask } from '../../../store/tasks.js';
import type { Temporal } from '../../../temporal/connection.js';
import { type Answer, type Call, command } from '../command.js';
import { placesOf, withTemporal } from '../infrastructure.js';
import { askStatus } from '../infrastructureRuns.js';
import { asOption, reasonOption, taskArgument } from '../options.js';
import { sendAsTyped } from '../send.js';
import { withStore } from '../store.js';
import { evidenceOf, type SetField, setOption } from '../taskEvidence.js';
import { foundTask } from '../taskFound.js';
import { completeCommandLine } from '../taskText.js';

interface CompleteOptions {
  readonly as: string;
  readonly set?: readonly SetField[];
  readonly outcome: Outcome;
  readonly reason?: string;
}

export const completeCommand = command<CompleteOptions>({
  name: 'complete',
  summary: 'Says that a task is done, with the evidence it asks for; or that it failed, or is not possible',
  examples: [
    '12 --as ana --set finishedAt=2026-03-01T22:30:00Z log=@install.log',
    '12 --as ana --outcome "not possible" --reason "the licence has expired"',
  ],
  arguments: [taskArgument()],
  options: [
    asOption(),
    setOption(),
    new Option('--outcome <outcome>', 'how it ended').choices(outcomes).default('done'),
    reasonOption('why; needed where it was not done'),
  ],
  run: (call) =>
    answered(call, 'completeTask', async (task, { as: by, set = [], outcome, reason }) => {
      const evidence = await evidenceOf(task.evidence, set);
      return {
        payload: {
          ...{ outcome, by },
          ...(set.length === 0 ? {} : { evidence }),
          ...(reason === undefined ? {} : { reason }),
        },
        next: completeCommandLine(task),
        text: `task ${task.task} (${task.title}): ${outcome}, as ${by} said`,
      };
    }),
});

export const reopenCommand = command<{ readonly as: string; readonly reason: string }>({
  name: 'reopen',
  summary: 'Opens an answered task again, as long as the run has not begun its next step',
  examples: ['12 --as ana --reason "fe-1 was restored"'],
  arguments: [taskArgument()],
  options: [asOption(), reasonOption('why').makeOptionMandatory()],
  run: (call) =>
    answered(call, 'reopenTask', async (task, { as: by, reason }) => ({
      payload: { by, reason },
      next: `uplift task ${task.task}`,
      text: `task ${task.task} (${task.title}) is open again, as ${by} asked`,
    })),
});

interface Prepared {
  /** But for task and token. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** What is typed instead of one that is refused. */
  readonly next: string;
  readonly text: string;
}

async function answered<Options>(
  { words: [number], options }: Call<Options>,
  message: 'completeTask' | 'reopenTask',
  prepare: (task: RecordedTask, options: Options) => Promise<Prepared>,
): Promise<Answer> {
  const task = await withStore(options.data, (store) => foundTask(store, number));
  const { payload, next, text } = await prepare(task, options);
  const places = await placesOf(options.data);
  return withTemporal(places, async (temporal) => {
    const sent = { task: task.task, token: await tokenOf(temporal, task), ...payload };
    await sendAsTyped(temporal, task.workflow, message, sent, next);
    const { task: of, ...said } = sent;
    return { document: { message, task: of, workflowId: task.workflow, ...said }, text, exit: exitCodes.ok };
  });
}

/** Of the run that asked for it. Throws `NOTHING_WAITING` when that has ended, or has not come to it yet. */
async function tokenOf(temporal: Temporal, task: RecordedTask): Promise<string> {
  const status = await askStatus(temporal, task.workflow);
  if (status?.tasks) return status.tasks.token;
  const closed = whyClosed(task);
  throw new UpliftError('NOTHING_WAITING', {
    what:
      closed ??
      (status
        ? `${task.workflow} goes on with ${task.upgrade} and has not come to task ${task.task} yet`
        : `${task.workflow}, which asked for task ${task.task}, has ended or no worker answers for it: the task stays open for the run that goes on with ${task.upgrade}`),
    next: status ? `uplift watch` : 'uplift status',
  });
}

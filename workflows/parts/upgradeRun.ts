/** What the runs of an upgrade share: where they stand, what people are shown, pause, stop, gates, tasks. Registers every handler. */

import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { ids } from '../../contract/ids.js';
import {
  environmentAttributes,
  infrastructureKey,
  nobody,
  releaseKey,
  stepKey,
  taskWaits,
  waitingForKey,
} from '../../contract/searchAttributes.js';
import type { ClosedDoor } from '../../domain/goLive/door.js';
import type { StopRequest } from '../../domain/messages/message.js';
import type { TaskResult, Todo } from '../../domain/tasks/task.js';
import {
  onMessage,
  type Refusal,
  type RunProgress,
  type RunStatus,
  rollback as rollbackMessage,
  status,
  stop,
} from '../messages.js';
import { approvalToSend, missingApprovals, upgradeDetails } from './details.js';
import { type AskedOf, type GateOptions, type GateOutcome, gates } from './gate.js';
import { type PauseControl, pausable } from './pause.js';
import { refusals, whyFull } from './refusals.js';
import type { RunPlan, RunSubject } from './runPlan.js';
import { stopwatch } from './stopwatch.js';
import { tasks } from './task.js';

export interface UpgradeRun extends Pick<PauseControl, 'clear' | 'forwarding'> {
  readonly planned: (plan: RunPlan) => void;
  /** Somebody asked for a stop: `clear` ends the run. */
  readonly stopped: () => boolean;
  readonly step: (step: string, remark?: string) => void;
  /** Milliseconds of work by step, of those that were left: neither gates nor pauses count. */
  readonly durations: () => Readonly<Record<string, number>>;
  /** Who approved what, as `gate: approver`. */
  readonly approvals: () => readonly string[];
  readonly open: (gate: string, asks: readonly string[], options?: GateOptions) => Promise<GateOutcome>;
  /** Names that were accepted at the gate, where it is open already; undefined: it has to be asked. */
  readonly accepted: (gate: string, options?: GateOptions) => Promise<readonly string[] | undefined>;
  /**
   * Asks people for a deed, and waits until it is done, failed or not possible: at once where an earlier run of the upgrade was told.
   * Asked again in the same step it gives what was answered last, but for a reason why that is not taken. It is the work of the step, and its time counts.
   */
  readonly do: (todo: Todo, again?: string | null) => Promise<TaskResult>;
  /** The same for many, which are open together; results in their order. */
  readonly doAll: (todos: readonly Todo[]) => Promise<readonly TaskResult[]>;
  /** What the run waits for that is no person, in words that follow "waits for", by what it is; null: for that no more. */
  readonly awaits: (what: string, words: string | null) => void;
  /** When the window that is open closes, milliseconds since 1970. */
  readonly closing: (at: number) => void;
  /** Users are kept out from now on, null: no longer; the details say what follows from it. */
  readonly doorClosed: (closed: ClosedDoor | null) => void;
  readonly keepsUsersOut: () => boolean;
}

export function upgradeRun(subject: RunSubject): UpgradeRun {
  let step = 'plan';
  let remark: string | undefined;
  let plan: RunPlan | undefined;
  let stopping: StopRequest | undefined;
  let doorClosed: ClosedDoor | null = null;
  let closes: number | null = null;
  const awaited = new Map<string, string>();
  let began = Date.now();
  /** The step of the plan that was come to last: gates and repairs on the way belong to it. */
  let position = 0;
  const approvals: string[] = [];
  const watch = stopwatch(step);

  const show = () =>
    setCurrentDetails(
      upgradeDetails({
        subject,
        plan,
        step,
        remark,
        progress: progress(),
        gate: waiting.waiting(),
        tasks: deeds.status(),
        awaited: awaitedText(),
        paused: controls.paused(),
        stopping,
        doorClosed,
        refusals: refused.all(),
        token: workflowInfo().runId,
        workflowId: workflowInfo().workflowId,
      }),
    );
  const refused = refusals(() => plan?.upgrade ?? null, show);
  const about = () => ({ upgrade: plan?.upgrade ?? '', environment: subject.environment ?? '' });
  const stopped = () => stopping !== undefined;
  const tasksWait = () => (deeds.anyOpen() ? taskWaits : nobody);
  const controls = pausable(show, refused.refuse, () => waiting.waiting()?.question.gate ?? tasksWait());
  const waiting = gates(about, stopped, show, refused.refuse, tasksWait);
  const deeds = tasks({
    about,
    stopped,
    step: () => step,
    changed: show,
    waitsFor: () => (controls.paused() ? 'resume' : (waiting.waiting()?.question.gate ?? tasksWait())),
    refused: refused.refuse,
  });
  onMessage(stop, {
    receive: onStop,
    refusal: () => (stopping === undefined ? undefined : whyFull()),
    refused: refused.refuse,
  });
  if (subject.environment !== undefined) {
    onMessage(rollbackMessage, { receive: startRollback, refusal: whyFull, refused: refused.refuse });
  }
  setHandler(status, currentStatus);
  upsertSearchAttributes([
    ...(subject.environment === undefined
      ? [
          { key: infrastructureKey, value: subject.infrastructure },
          { key: waitingForKey, value: nobody },
        ]
      : environmentAttributes(subject.infrastructure, subject.environment)),
    ...(subject.to === undefined ? [] : [{ key: releaseKey, value: subject.to }]),
    { key: stepKey, value: step },
  ]);
  show();

  return {
    clear,
    forwarding: controls.forwarding,
    planned,
    stopped,
    step: goTo,
    durations: watch.spent,
    approvals: () => [...approvals],
    open,
    accepted: (name, options) => waiting.accepted(name, askedOf(), options),
    do: async (todo, again = null) => {
      const [result] = await doAll([again === null ? todo : deeds.again(todo, again)]);
      return result as TaskResult;
    },
    doAll,
    awaits: (what, words) => {
      if (words === (awaited.get(what) ?? null)) return;
      if (words === null) awaited.delete(what);
      else awaited.set(what, words);
      show();
    },
    closing: (at) => {
      closes = Number.isFinite(at) ? at : null;
    },
    doorClosed: (closed) => {
      doorClosed = closed;
      show();
    },
    keepsUsersOut: () => doorClosed !== null,
  };

  /** Between steps: a pause holds here, a stop ends here, and what was done but has to be done again is waited for. */
  async function clear(): Promise<void> {
    for (;;) {
      await watch.holding(controls.clear(stopped));
      if (stopping) throw stoppedBy(stopping);
      if (deeds.settled()) return deeds.leave();
      await watch.holding(deeds.untilSettled());
    }
  }

  function planned(value: RunPlan): void {
    plan = value;
    upsertSearchAttributes([{ key: releaseKey, value: value.to }]);
    show();
  }

  function goTo(next: string, text?: string): void {
    if (next === step && text === remark) return;
    watch.enter(next);
    step = next;
    remark = text;
    const at = plan?.steps.indexOf(next) ?? -1;
    if (at >= 0) {
      if (at + 1 !== position) began = Date.now();
      position = at + 1;
    }
    if (step === 'done') deeds.leave();
    upsertSearchAttributes([{ key: stepKey, value: step }]);
    show();
  }

  async function doAll(todos: readonly Todo[]): Promise<readonly TaskResult[]> {
    const numbers = await deeds.ask(todos);
    await deeds.ended(numbers);
    await clear();
    refused.forget();
    return deeds.results(numbers);
  }

  async function open(name: string, asks: readonly string[], options?: GateOptions): Promise<GateOutcome> {
    const outcome = await watch.holding(waiting.open(name, askedOf(), asks, options));
    if (outcome.kind === 'approved') refused.forget();
    if (outcome.kind === 'approved') approvals.push(...outcome.approvers.map((approver) => `${name}: ${approver}`));
    await clear();
    return outcome;
  }

  function askedOf(): AskedOf {
    const { infrastructure, environment = '' } = subject;
    return { infrastructure, environment, upgrade: plan?.upgrade ?? '', plan: plan?.hash ?? '' };
  }

  async function onStop(value: StopRequest): Promise<Refusal> {
    stopping = value;
    show();
    await controls.forward(stop, value);
    return undefined;
  }

  async function startRollback(request: { requestedBy: string; reason: string }): Promise<Refusal> {
    const { infrastructure, environment = '' } = subject;
    try {
      await startChild('rollback', {
        workflowId: ids.rollback(infrastructure, environment),
        args: [{ infrastructure, environment, ...request }],
        // It cancels this run, and must not be cancelled with it.
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Rollback of ${environment}, asked for by ${request.requestedBy}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return undefined;
  }

  /** Null: nothing. */
  function awaitedText(): string | null {
    return awaited.size === 0 ? null : [...awaited.values()].join('; ');
  }

  /** Null before the first step of the plan. */
  function progress(): RunProgress | null {
    if (!plan || position === 0) return null;
    const { steps, expected } = plan;
    const [now = 0, ...later] = steps.slice(position - 1).map((one) => expected?.[one] ?? 0);
    return {
      position,
      of: steps.length,
      began: new Date(began).toISOString(),
      expected: expected ? { now, later: later.reduce((sum, milliseconds) => sum + milliseconds, 0) } : null,
      closes: closes === null ? null : new Date(closes).toISOString(),
    };
  }

  function currentStatus(): RunStatus {
    const gate = waiting.waiting();
    return {
      step,
      target: plan?.to ?? subject.to ?? null,
      gate: gate
        ? {
            name: gate.question.gate,
            approvalsMissing: missingApprovals(gate),
            asks: [...gate.asks, ...gate.standing.notes],
            approve: approvalToSend(gate, workflowInfo().runId),
          }
        : null,
      tasks: deeds.status(),
      paused: controls.paused(),
      awaits: awaitedText(),
      refusals: refused.all().newest,
      progress: progress(),
    };
  }
}

function stoppedBy({ requestedBy, reason = 'no reason given' }: StopRequest): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Stopped before its next step by ${requestedBy}: ${reason}. Starting again goes on from there`,
    'STOPPED',
  );
}

/** What the runs of an upgrade share: where they stand, what people are shown, pause, stop, gates. Registers every handler. */

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
  waitingForKey,
} from '../../contract/searchAttributes.js';
import type { StopRequest } from '../../domain/messages/message.js';
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
import type { ClosedByRun, RunPlan, RunSubject } from './runPlan.js';
import { stopwatch } from './stopwatch.js';

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
  /** When the window that is open closes, milliseconds since 1970. */
  readonly closing: (at: number) => void;
  /** Users are kept out from now on, null: no longer; the details say what follows from it. */
  readonly doorClosed: (closed: ClosedByRun | null) => void;
  readonly keepsUsersOut: () => boolean;
}

export function upgradeRun(subject: RunSubject): UpgradeRun {
  let step = 'plan';
  let remark: string | undefined;
  let plan: RunPlan | undefined;
  let stopping: StopRequest | undefined;
  let doorClosed: ClosedByRun | null = null;
  let closes: number | null = null;
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
        paused: controls.paused(),
        stopping,
        doorClosed,
        refusals: refused.all(),
        token: workflowInfo().runId,
        workflowId: workflowInfo().workflowId,
      }),
    );
  const refused = refusals(() => plan?.upgrade ?? null, show);
  const controls = pausable(show, refused.refuse, () => waiting.waiting()?.question.gate ?? nobody);
  const waiting = gates(
    () => ({ upgrade: plan?.upgrade ?? '', environment: subject.environment ?? '' }),
    () => stopping !== undefined,
    show,
    refused.refuse,
  );
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
    stopped: () => stopping !== undefined,
    step: goTo,
    durations: watch.spent,
    approvals: () => [...approvals],
    open,
    accepted: (name, options) => waiting.accepted(name, askedOf(), options),
    closing: (at) => {
      closes = Number.isFinite(at) ? at : null;
    },
    doorClosed: (closed) => {
      doorClosed = closed;
      show();
    },
    keepsUsersOut: () => doorClosed !== null,
  };

  /** Between steps: a pause holds here, a stop ends here. */
  async function clear(): Promise<void> {
    await watch.holding(controls.clear(() => stopping !== undefined));
    if (!stopping) return;
    const { requestedBy, reason = 'no reason given' } = stopping;
    throw ApplicationFailure.nonRetryable(
      `Stopped before its next step by ${requestedBy}: ${reason}. Starting again goes on from there`,
      'STOPPED',
    );
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
    upsertSearchAttributes([{ key: stepKey, value: step }]);
    show();
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
      paused: controls.paused(),
      refusals: refused.all().newest,
      progress: progress(),
    };
  }
}

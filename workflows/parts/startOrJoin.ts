/**
 * Starting a run that must exist once per environment, or joining the one that is already there. Unless it is a part of its parent, the
 * child outlives it: cancelling an upgrade leaves a preparation running, as closing the tool that started one does (SELF-02, PREP-12).
 */
import { ChildWorkflowFailure, TerminatedFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  condition,
  isCancellation,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import type { Joined } from '../../activities/joining.js';
import { awaitWorkflow, isOpen } from '../activities.js';

export interface Once<Report> {
  readonly workflow: (input: unknown) => Promise<Report>;
  readonly workflowId: string;
  readonly input: unknown;
  readonly summary: string;
  /** It is a part of this run and is cancelled with it; else it outlives it. */
  readonly part?: boolean;
}

export type Outcome<Report> =
  /** `own`: it was started with this very input. What others started is not what was asked for: read the platform again. */
  | { readonly kind: 'completed'; readonly report: Report; readonly own: boolean }
  /** By a person, or a rollback; not by the run that asks. */
  | { readonly kind: 'cancelled' }
  /** The joined run failed or was terminated: the caller reads the platform and starts its own. */
  | { readonly kind: 'ended without a result' };

type Workflow<Report> = (input: unknown) => Promise<Report>;

/** Throws what its own child failed with. */
export async function startOrJoin<Report>(once: Once<Report>): Promise<Outcome<Report>> {
  const { workflowId } = once;
  const child = await started(once);
  if (!child) return outcomeOf<Report>(await endOf(workflowId, undefined), false);
  try {
    const report = await resultOf(child);
    if (report !== undefined) return { kind: 'completed', report, own: true };
  } catch (error) {
    if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return { kind: 'cancelled' };
    // Terminated by people, or by a reset, whose run goes on.
    if (!(error instanceof ChildWorkflowFailure && error.cause instanceof TerminatedFailure)) throw error;
  }
  return outcomeOf<Report>(await endOf(workflowId, child.firstExecutionRunId), true);
}

/** Undefined: somebody else's runs under that id. */
async function started<Report>({
  workflow,
  workflowId,
  input,
  summary,
  part,
}: Once<Report>): Promise<ChildWorkflowHandle<Workflow<Report>> | undefined> {
  try {
    return await startChild<Workflow<Report>>(workflow, {
      workflowId,
      args: [input],
      parentClosePolicy: part ? ParentClosePolicy.REQUEST_CANCEL : ParentClosePolicy.ABANDON,
      cancellationType: part
        ? ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED
        : ChildWorkflowCancellationType.ABANDON,
      staticSummary: summary,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

/**
 * Milliseconds until the server is asked for the first time whether the child still runs; then twice as long, up to a day. So a run that
 * was not told waits for at most as long as it has waited, and a child of weeks costs its history two dozen looks.
 */
const firstLook = 10_000;
const day = 24 * 3_600_000;

/**
 * Undefined: it has ended, and this run was not told. A run that a reset made is not told of a child that ended before the reset, or
 * that was reset itself.
 */
async function resultOf<Report>(child: ChildWorkflowHandle<Workflow<Report>>): Promise<Report | undefined> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  const result: Promise<Report> = child.result();
  result.then(settle, settle);
  for (let wait = firstLook; ; wait = Math.min(2 * wait, day)) {
    const told = await condition(() => settled, wait, { summary: `until ${child.workflowId} has ended` }).catch(settle);
    if (told !== false) return result; // or this run is cancelled, and the child decides how long that takes
    const { open } = await isOpen.executeWithOptions({ summary: `does ${child.workflowId} still run?` }, [
      { workflowId: child.workflowId },
    ]);
    if (!open && !settled) return undefined;
  }
}

/** Of a run that was reset, the end of the one that the reset made. */
async function endOf(workflowId: string, runId: string | undefined): Promise<Joined> {
  const summary = runId === undefined ? `join ${workflowId}` : `how ${workflowId} has ended`;
  const ended = await awaitWorkflow.executeWithOptions({ summary }, [
    { workflowId, ...(runId === undefined ? {} : { runId }) },
  ]);
  if (runId === undefined || ended.kind !== 'ended without a result' || ended.failure) return ended;
  return awaitWorkflow.executeWithOptions({ summary: `was ${workflowId} reset?` }, [{ workflowId }]);
}

function outcomeOf<Report>(ended: Joined, own: boolean): Outcome<Report> {
  switch (ended.kind) {
    case 'completed':
      return { kind: 'completed', report: ended.result as Report, own };
    case 'cancelled':
      return ended;
    case 'ended without a result':
      if (own && ended.failure) throw ApplicationFailure.nonRetryable(ended.failure.message, ended.failure.type);
      return ended;
  }
}

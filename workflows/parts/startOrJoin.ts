/**
 * Starting a run that must exist once per environment, or joining the one that is already there. The child outlives its parent:
 * cancelling an upgrade leaves a preparation running, as closing the tool that started one does (SELF-02, PREP-12).
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  isCancellation,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { awaitWorkflow } from '../activities.js';

export interface Once<Report> {
  readonly workflow: (input: unknown) => Promise<Report>;
  readonly workflowId: string;
  readonly input: unknown;
  readonly summary: string;
}

export type Outcome<Report> =
  | { readonly kind: 'completed'; readonly report: Report }
  /** By a person, or a rollback; not by the run that asks. */
  | { readonly kind: 'cancelled' }
  /** The joined run failed or was terminated: the caller reads the platform and starts its own. */
  | { readonly kind: 'ended without a result' };

/** Throws what its own child failed with. */
export async function startOrJoin<Report>({
  workflow,
  workflowId,
  input,
  summary,
}: Once<Report>): Promise<Outcome<Report>> {
  try {
    const child = await startChild(workflow, {
      workflowId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: summary,
    });
    return { kind: 'completed', report: await child.result() };
  } catch (error) {
    if (isCancellation(error) && !CancellationScope.current().consideredCancelled) return { kind: 'cancelled' };
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const joined = await awaitWorkflow.executeWithOptions({ summary: `join ${workflowId}` }, [{ workflowId }]);
    return joined.kind === 'completed' ? { kind: 'completed', report: joined.result as Report } : joined;
  }
}

/**
 * Starting a run that must exist once per environment, or joining the one that is already there. The child outlives its parent:
 * cancelling an upgrade leaves a preparation running, as closing the tool that started one does (SELF-02, PREP-12).
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { awaitWorkflow } from '../activities.js';

export interface Once<Report> {
  readonly workflow: (input: unknown) => Promise<Report>;
  readonly workflowId: string;
  readonly input: unknown;
  readonly summary: string;
}

/** Undefined when the joined run ended without a result (failed, cancelled): the caller reads the platform and starts its own. */
export async function startOrJoin<Report>({
  workflow,
  workflowId,
  input,
  summary,
}: Once<Report>): Promise<Report | undefined> {
  try {
    const child = await startChild(workflow, {
      workflowId,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: summary,
    });
    return await child.result();
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const joined = await awaitWorkflow.executeWithOptions({ summary: `join ${workflowId}` }, [{ workflowId }]);
    return joined.kind === 'completed' ? (joined.result as Report) : undefined;
  }
}

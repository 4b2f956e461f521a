/** Waiting for the end of another run: a long poll, with a heartbeat. Reads only. */
import { cancellationSignal } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { assertOwnRun } from '../contract/installation.js';
import { beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export type Joined =
  | { readonly kind: 'completed'; readonly result: unknown }
  /** By a person, or a rollback. */
  | { readonly kind: 'cancelled' }
  /** Failed, terminated, or gone; `failure` is what it failed with. */
  | {
      readonly kind: 'ended without a result';
      readonly reason: string;
      readonly failure: { readonly message: string; readonly type: string } | null;
    };

export const joiningActivities = ({ client, installation }: Dependencies) => ({
  /** Whether the newest run of the id still runs. Throws `INFRASTRUCTURE_TAKEN` when that is another installation's. */
  isOpen: explained(async ({ workflowId }: { workflowId: string }): Promise<{ open: boolean }> => {
    try {
      const run = await client.workflow.getHandle(workflowId).describe();
      const open = run.status.name === 'RUNNING' || run.status.name === 'PAUSED';
      if (open) assertOwnRun({ installation, ...run });
      return { open };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { open: false };
      throw error;
    }
  }),

  awaitWorkflow: explained(async ({ workflowId, runId }: { workflowId: string; runId?: string }): Promise<Joined> => {
    const handle = client.workflow.getHandle(workflowId, runId);
    const ended = () => client.withAbortSignal(cancellationSignal(), () => handle.result());
    try {
      assertOwnRun({ installation, ...(await handle.describe()) });
      const result = await beating({ waitingFor: workflowId }, ended);
      return { kind: 'completed', result };
    } catch (error) {
      if (error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure) return { kind: 'cancelled' };
      if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) {
        return { kind: 'ended without a result', reason: error.message, failure: failureOf(error) };
      }
      throw error;
    }
  }),
});

/** The innermost of Uplift's own. */
function failureOf(error: Error): { message: string; type: string } | null {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return { message: cause.message, type: cause.type ?? '' };
  }
  return null;
}

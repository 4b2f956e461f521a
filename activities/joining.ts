/** Waiting for the end of another run: a long poll, with a heartbeat. Reads only. */
import { cancellationSignal } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
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

export const joiningActivities = ({ client }: Dependencies) => ({
  /** Whether the newest run of the id still runs. */
  isOpen: explained(async ({ workflowId }: { workflowId: string }): Promise<{ open: boolean }> => {
    try {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      return { open: status.name === 'RUNNING' || status.name === 'PAUSED' };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { open: false };
      throw error;
    }
  }),

  awaitWorkflow: explained(async ({ workflowId, runId }: { workflowId: string; runId?: string }): Promise<Joined> => {
    const ended = () =>
      client.withAbortSignal(cancellationSignal(), () => client.workflow.getHandle(workflowId, runId).result());
    try {
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

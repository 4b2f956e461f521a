/** Waiting for a run that somebody else has started: a long poll, with a heartbeat. Reads only. */
import { cancellationSignal } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export type Joined =
  | { readonly kind: 'completed'; readonly result: unknown }
  /** By a person, or a rollback. */
  | { readonly kind: 'cancelled' }
  /** Failed, terminated, or gone. */
  | { readonly kind: 'ended without a result'; readonly reason: string };

export const joiningActivities = ({ client }: Dependencies) => ({
  awaitWorkflow: explained(async ({ workflowId }: { workflowId: string }): Promise<Joined> => {
    const ended = () =>
      client.withAbortSignal(cancellationSignal(), () => client.workflow.getHandle(workflowId).result());
    try {
      const result = await beating({ waitingFor: workflowId }, ended);
      return { kind: 'completed', result };
    } catch (error) {
      if (error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure) return { kind: 'cancelled' };
      if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) {
        return { kind: 'ended without a result', reason: error.message };
      }
      throw error;
    }
  }),
});

/** Ending a run that works on an environment which somebody else has taken over: in order, or else at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { assertOwnRun } from '../contract/installation.js';
import type { Dependencies } from './dependencies.js';

/**
 * Milliseconds a cancelled run has. Its activities are told within a heartbeat and undo what they do in seconds; what has not ended then
 * fails its tasks, or waits for somebody. It is terminated: whatever it still did would be refused, for it has lost its token.
 */
export const cancelPatience = 60_000;

/**
 * Cancels it and waits until it has closed; terminates one that has not within `patience` milliseconds. One that does not exist has.
 * Throws `INFRASTRUCTURE_TAKEN` when it is another installation's, which goes on.
 */
export async function endRun(
  { client, installation }: Pick<Dependencies, 'client' | 'installation'>,
  workflowId: string,
  { signal, patience, reason }: { readonly signal: AbortSignal; readonly patience: number; readonly reason: string },
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const run = await handle.describe();
    if (run.status.name !== 'RUNNING') return;
    assertOwnRun({ installation, ...run });
    await handle.cancel();
    if (await closesWithin(client, handle, { signal, patience })) return;
    await handle.terminate(`${reason}; it had not ended ${patience / 1000} s after it was cancelled`);
  } catch (error) {
    if (!hasClosed(error)) throw error;
  }
}

/** Throws what the run ended with. The client looks at a signal only when it asks anew: the time is kept beside it. */
async function closesWithin(
  client: Client,
  handle: WorkflowHandle,
  { signal, patience }: { readonly signal: AbortSignal; readonly patience: number },
): Promise<boolean> {
  const waited = new AbortController();
  const either = AbortSignal.any([signal, waited.signal]);
  const closed = client.withAbortSignal(either, () => handle.result()).then(() => true);
  try {
    return await Promise.race([closed, delay(patience, false, { signal: either })]);
  } finally {
    waited.abort();
  }
}

/** Cancelled, failed or completed, or never there. */
function hasClosed(error: unknown): boolean {
  return error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError;
}

/** Messages to a run, as updates: the run says whether it takes them. */

import { ApplicationFailure } from '@temporalio/common';
import { assertOwnRun } from '../../contract/installation.js';
import { UpliftError } from '../../domain/errors.js';
import { withoutMessage } from '../../domain/gates/gate.js';
import type { messages } from '../../domain/messages/message.js';
import type { Temporal } from '../../temporal/connection.js';

/** How long, in milliseconds, a worker may take to answer. */
const answerWithin = 30_000;

/** Throws `MESSAGE_REFUSED` with the run's reason, `NOTHING_WAITING` when it has ended, `INFRASTRUCTURE_TAKEN` when it is another installation's. */
export async function send(
  { client, installation }: Temporal,
  workflowId: string,
  message: keyof typeof messages,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { WorkflowNotFoundError, WorkflowUpdateRPCTimeoutOrCancelledError } = await import('@temporalio/client');
  const handle = client.workflow.getHandle(workflowId);
  try {
    assertOwnRun({ installation, ...(await handle.describe()) });
    await client.withDeadline(Date.now() + answerWithin, () => handle.executeUpdate(message, { args: [payload] }));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw new UpliftError('NOTHING_WAITING', { what: `${workflowId} has ended`, next: 'uplift status' });
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw new UpliftError('TEMPORAL_UNAVAILABLE', {
        what: `No worker has answered for ${workflowId}: whether it takes the message is not known`,
        next: 'uplift doctor',
      });
    }
    throw error;
  }
}

/** As `send`, for people: a refusal says what to send as JSON, for those who paste it; here it is the command `next`. */
export async function sendAsTyped(
  temporal: Temporal,
  workflowId: string,
  message: keyof typeof messages,
  payload: Readonly<Record<string, unknown>>,
  next: string | undefined,
): Promise<void> {
  try {
    await send(temporal, workflowId, message, payload);
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal === undefined) throw error;
    const parts = { what: withoutMessage(refusal), ...(next === undefined ? {} : { next }) };
    throw new UpliftError('MESSAGE_REFUSED', parts, { cause: error });
  }
}

function refusalIn(error: unknown): string | undefined {
  if (error instanceof ApplicationFailure && error.type === 'MESSAGE_REFUSED') return error.message;
  return error instanceof Error ? refusalIn(error.cause) : undefined;
}

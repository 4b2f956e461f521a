/**
 * What runs announce: their steps, and the gates at which they wait. Read from their histories, where nothing is missed, however
 * quickly it passes.
 */
import { defaultPayloadConverter, WorkflowNotFoundError } from '@temporalio/common';
import { nobody, stepKey, waitingForKey } from '../../contract/searchAttributes.js';
import { until } from './until.js';
import type { Uplift } from './uplift.js';

export interface Announcement {
  readonly workflowId: string;
  /** A step, or `gate` with the name of one. */
  readonly text: string;
}

/** Milliseconds: an activity that was lost with its worker is tried again after a minute at the latest. */
const announcedWithin = 120_000;

/** Until it is announced; rejects when the upgrade that the run serves has ended without it. */
export function untilAnnounced(uplift: Uplift, announcement: Announcement, upgradeId: string): Promise<unknown> {
  const { workflowId, text } = announcement;
  return until(
    `${workflowId} to announce ${text}`,
    async () => {
      const status = await statusNameOf(uplift, upgradeId);
      const announced = await announcedBy(uplift, workflowId);
      if (announced?.includes(text)) return true;
      if (announced === undefined || status === undefined || status === 'RUNNING') return false;
      throw new Error(`the upgrade is ${status}, and ${workflowId} has not announced ${text}`);
    },
    announcedWithin,
  );
}

/** Undefined while the server does not answer. */
export async function statusNameOf({ client }: Uplift, workflowId: string) {
  const described = await client
    .withDeadline(Date.now() + answerWithin, () => client.workflow.getHandle(workflowId).describe())
    .catch(() => undefined);
  return described?.status.name;
}

/** Milliseconds that a server may take to answer; a dead one is asked again. */
const answerWithin = 1_000;

/** In the order announced; undefined while the server does not answer. */
async function announcedBy({ client }: Uplift, workflowId: string): Promise<readonly string[] | undefined> {
  const history = await client
    .withDeadline(Date.now() + answerWithin, () => client.workflow.getHandle(workflowId).fetchHistory())
    .catch((error: unknown) => (error instanceof WorkflowNotFoundError ? { events: [] } : undefined));
  return history?.events?.flatMap((event) => {
    const { indexedFields } = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes ?? {};
    return [
      ...texts(indexedFields?.[stepKey.name]),
      ...texts(indexedFields?.[waitingForKey.name]).flatMap((gate) => (gate === nobody ? [] : `gate ${gate}`)),
    ];
  });
}

function texts(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0] | null | undefined): string[] {
  return payload ? [defaultPayloadConverter.fromPayload<string>(payload)] : [];
}

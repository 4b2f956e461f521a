/**
 * What runs announce: their steps, and the gates at which they wait. Read from their histories, where nothing is missed, however
 * quickly it passes.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
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
  const readOn = announcementsOf(uplift, workflowId);
  const deadline = Date.now() + announcedWithin;
  return until(
    `${workflowId} to announce ${text}`,
    async () => {
      for (let more = true; more && Date.now() < deadline; ) {
        const told = await readOn();
        if (told.texts.includes(text)) return true;
        more = told.more;
      }
      const status = await statusNameOf(uplift, upgradeId);
      if (status === undefined || status === 'RUNNING') return false;
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

/** Milliseconds for which the server is let wait for something to tell. */
const waitsFor = 5_000;

/**
 * Reads its history as the server tells it: all of it first, then, each time, what has come since, waiting for that. Without more to come
 * the run has ended, has not begun, or the server does not answer: the next call begins anew.
 */
function announcementsOf(uplift: Uplift, workflowId: string) {
  let nextPageToken: Uint8Array | null = null;
  let announced: string[] = [];
  return async (): Promise<{ readonly texts: readonly string[]; readonly more: boolean }> => {
    const { client } = uplift;
    const { namespace } = client.options;
    const page = await client
      .withDeadline(Date.now() + waitsFor, () =>
        client.workflowService.getWorkflowExecutionHistory({
          ...{ namespace, execution: { workflowId }, waitNewEvent: true, nextPageToken },
        }),
      )
      .catch(() => undefined);
    if (nextPageToken === null) announced = [];
    announced.push(...(page?.history?.events ?? []).flatMap(announcedBy));
    nextPageToken = page?.nextPageToken?.length ? page.nextPageToken : null;
    return { texts: announced, more: nextPageToken !== null };
  };
}

function announcedBy({
  upsertWorkflowSearchAttributesEventAttributes: upserted,
}: temporal.api.history.v1.IHistoryEvent) {
  const { indexedFields } = upserted?.searchAttributes ?? {};
  return [
    ...texts(indexedFields?.[stepKey.name]),
    ...texts(indexedFields?.[waitingForKey.name]).flatMap((gate) => (gate === nobody ? [] : `gate ${gate}`)),
  ];
}

function texts(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0] | null | undefined): string[] {
  return payload ? [defaultPayloadConverter.fromPayload<string>(payload)] : [];
}

/** What a run and the runs below it did and when, as their histories tell it. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { stepKey } from '../../contract/searchAttributes.js';

export interface Happening {
  /** Workflow id of the run. */
  readonly run: string;
  readonly kind: 'began' | 'ended' | 'child' | 'activity' | 'activity done' | 'step';
  /** Of the child its workflow id, of the activity or the step its name; else empty. */
  readonly name: string;
  /** By the server's clock, milliseconds since 1970. */
  readonly at: number;
}

/** In the order of time, of the newest run of each workflow. */
export async function happeningsOf(client: Client, workflowId: string): Promise<readonly Happening[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const own = toldBy(workflowId, events ?? []);
  const children = own.filter(({ kind }) => kind === 'child').map(({ name }) => happeningsOf(client, name));
  return [own, ...(await Promise.all(children))].flat().toSorted((left, right) => left.at - right.at);
}

/** Whether it changes something in an environment: holds it, or works on its servers, its data or its modules. */
export function isTouch({ kind, name }: Happening): boolean {
  return kind === 'activity' && touching.includes(name);
}

const touching = [
  ...['holdEnvironment', 'releaseEnvironment', 'closeDoor', 'openDoor', 'takeSnapshot', 'restoreSnapshot'],
  ...['installFrontEnd', 'installPart', 'openPreparation', 'prepareNextGroup', 'closePreparation'],
  ...['openDeployment', 'deployNextModules', 'closeDeployment'],
];

/** Undefined: it begins no phase. */
export function phaseOf({ kind, name }: Happening): string | undefined {
  return kind === 'step' ? phases[name] : undefined;
}

const phases: Readonly<Record<string, string>> = {
  analysis: 'Analysis and preparation',
  planning: 'Planning',
  server: 'Execution',
  preparation: 'Execution',
  deployment: 'Execution',
  tests: 'Testing',
};

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

function toldBy(run: string, events: readonly HistoryEvent[]): readonly Happening[] {
  const activities = new Map(
    events.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes?.activityType?.name]),
  );
  return events.flatMap((event): Happening[] => {
    const told = (kind: Happening['kind'], name: string | null | undefined): Happening[] => [
      { run, kind, name: name ?? '', at: tsToMs(event.eventTime) },
    ];
    if (event.workflowExecutionStartedEventAttributes) return told('began', '');
    if (event.workflowExecutionCompletedEventAttributes) return told('ended', '');
    const child = event.childWorkflowExecutionStartedEventAttributes;
    if (child) return told('child', child.workflowExecution?.workflowId);
    const activity = event.activityTaskScheduledEventAttributes;
    if (activity) return told('activity', activity.activityType?.name);
    const done = event.activityTaskCompletedEventAttributes;
    if (done) return told('activity done', activities.get(String(done.scheduledEventId)));
    const attributes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    const step = attributes?.[stepKey.name];
    return step ? told('step', defaultPayloadConverter.fromPayload<string>(step)) : [];
  });
}

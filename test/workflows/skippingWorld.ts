/** Four environments whose front ends serve, a worker and people, on a server whose clock skips time. */
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { clientMemo } from '../../contract/memo.js';
import { infrastructure } from '../e2e/factories.js';
import type { TinyEnvironment } from '../platform/tinyFactory.js';
import { fourEnvironments } from './fourEnvironments.js';
import { type People, peopleWith } from './people.js';
import { startServing } from './servingProcesses.js';
import { type SkippingTemporal, startSkippingTemporal } from './skippingServer.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

export interface SkippingWorld {
  readonly temporal: SkippingTemporal;
  readonly tiny: TinyEnvironment;
  readonly worker: RunningWorker;
  readonly people: People;
  /** As clients of ours do. */
  readonly start: (
    workflow: string,
    workflowId: string,
    request: Readonly<Record<string, unknown>>,
  ) => Promise<WorkflowHandle>;
  readonly close: () => Promise<void>;
}

type Described = Parameters<typeof fourEnvironments>;

export function startSkippingWorld(...described: Described): Promise<SkippingWorld> {
  return startWorld(described);
}

/** Its gates show what they asked at first: no activity looks what has become of it, so that the clock can skip while they wait. */
export function startUnfollowedWorld(...described: Described): Promise<SkippingWorld> {
  const awaitOtherStanding = async () => {
    throw ApplicationFailure.nonRetryable('nothing is followed here', 'NOT_FOLLOWED');
  };
  return startWorld(described, { awaitOtherStanding });
}

/** What has begun is ended when the rest cannot begin: without the package index, for one. */
async function startWorld(
  described: Described,
  activities: Parameters<typeof startWorker>[2] = {},
): Promise<SkippingWorld> {
  const temporal = await startSkippingTemporal();
  const ends: (() => Promise<void>)[] = [temporal.close];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const tiny = await fourEnvironments(...described);
    const worker = await startWorker(temporal, tiny, activities);
    ends.push(worker.close);
    const serving = startServing(tiny);
    ends.push(serving.close);
    await serving.ready();
    const start: SkippingWorld['start'] = (workflow, workflowId, request) =>
      temporal.client.workflow.start(workflow, {
        workflowId,
        taskQueue,
        args: [{ infrastructure, ...request }],
        memo: clientMemo,
      });
    return { temporal, tiny, worker, people: peopleWith(temporal.client), start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

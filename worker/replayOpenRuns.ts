/** Whether the code of this program can go on with runs that are open: each is replayed from its history. */
import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from './workflowBundle.js';

export interface ReplayedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** Why it cannot be gone on with; null: it can. */
  readonly problem: string | null;
}

/** `query`: a list filter of Temporal. Once in a process. */
export async function replayOpenRuns({ workflow }: Client, query: string): Promise<readonly ReplayedRun[]> {
  const logger = new DefaultLogger('ERROR', () => undefined); // what fails is told in the answer
  Runtime.install({ logger, shutdownSignals: [] });
  const code = await workflowBundle(logger);
  const histories = workflow.list({ query }).intoHistories();
  const replayed: ReplayedRun[] = [];
  for await (const { workflowId, runId, error } of Worker.runReplayHistories({ workflowBundle: code }, histories)) {
    replayed.push({ workflowId, runId, problem: error?.message ?? null });
  }
  return replayed;
}

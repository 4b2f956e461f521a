/** The snapshot before the first change; without it nothing is begun. */
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { Snapshot } from '../../port/snapshots.js';
import { takeSnapshot } from '../activities.js';

interface SnapshotRequest {
  readonly infrastructure: string;
  readonly environment: string;
  /** The upgrade's number. */
  readonly id: string;
  readonly token: number;
}

/** Throws `SNAPSHOT_FAILED` with what was wrong, when a few tries did not help. */
export async function snapshotOf(request: SnapshotRequest): Promise<Snapshot> {
  const { environment } = request;
  try {
    return await takeSnapshot.executeWithOptions({ summary: `snapshot of ${environment}` }, [request]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const reason = error instanceof ActivityFailure ? error.cause?.message : String(error);
    throw ApplicationFailure.nonRetryable(
      `No snapshot of ${environment} could be taken: ${reason}. This run has changed nothing. Repair that, then start again: it goes on from there`,
      'SNAPSHOT_FAILED',
    );
  }
}

/** Evidence as activities keep it: of the run they work for. Key: run and activity. */
import { activityInfo } from '@temporalio/activity';
import { type MessageRecord, recordEvidence } from '../store/evidence.js';
import type { Store } from '../store/store.js';
import { activityKey } from './attempt.js';

type Evidence = Pick<MessageRecord, 'upgrade' | 'name' | 'payload'> &
  Partial<Pick<MessageRecord, 'refusal' | 'environment' | 'firstRun' | 'subject'>>;

/** What was recorded first, when it is recorded again: null, or why it was refused. */
export function keepEvidence(store: Store, { refusal = null, ...evidence }: Evidence): Promise<string | null> {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  return recordEvidence(store, { key: activityKey(), workflow: workflowId, run: runId, refusal, ...evidence });
}

/** Messages about a task as they are recorded: what they make of it is decided, written and kept as evidence in one transaction. */
import type { TaskResult } from '../domain/tasks/task.js';
import { insertEvidence, type MessageRecord, recordedBefore } from './evidence.js';
import { nowText, type Store } from './store.js';
import { type RecordedTask, type TaskRow, taskOf, taskSubject, unanswered, updateTask } from './tasks.js';
import { upgradeRecord } from './upgrades.js';

export interface TaskMessage extends Omit<MessageRecord, 'upgrade' | 'environment' | 'refusal' | 'subject'> {
  /** Number of the task, and whose it has to be. */
  readonly task: number;
  readonly upgrade: string;
  readonly environment: string;
}

/** What a message makes of a task. */
export type TaskDecision =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'opened again' }
  | { readonly kind: 'ended'; readonly result: Omit<TaskResult, 'task'> };

export interface TaskAnswer {
  /** Null: it was taken. */
  readonly refusal: string | null;
  /** As it is now; null: there is none of this number, upgrade and environment. */
  readonly task: RecordedTask | null;
}

/** `decide` is told whether the upgrade has ended, too. Idempotent by the key of the message. */
export async function answerTask(
  store: Store,
  { task: number, ...message }: TaskMessage,
  decide: (task: RecordedTask | null, upgradeEnded: boolean) => TaskDecision,
): Promise<TaskAnswer> {
  const { upgrade, environment } = message;
  return store.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('tasks')
      .selectAll()
      .where('number', '=', number)
      .where('upgrade', '=', upgrade)
      .where('environment', '=', environment)
      .executeTakeFirst();
    const before = row ? taskOf(row) : null;
    const earlier = await recordedBefore(transaction, message.key);
    if (earlier) return { refusal: earlier.refusal, task: before };
    const { ended = true } = (await upgradeRecord(transaction, upgrade)) ?? {};
    const decision = decide(before, ended);
    const refusal = decision.kind === 'refused' ? decision.reason : null;
    await insertEvidence(transaction, { ...message, subject: taskSubject(number), refusal });
    return { refusal, task: row ? taskOf(await decided(transaction, row, decision)) : null };
  });
}

function decided(within: Store, row: TaskRow, decision: TaskDecision): Promise<TaskRow> | TaskRow {
  const revision = row.revision + 1;
  switch (decision.kind) {
    case 'refused':
      return row;
    case 'opened again':
      return updateTask(within, row, { ...unanswered, revision });
    case 'ended': {
      const { kind: state, by, reason, evidence } = decision.result;
      const ended = { ended_at: nowText, ended_by: by, reason, evidence: JSON.stringify(evidence) };
      return updateTask(within, row, { state, ...ended, revision });
    }
  }
}

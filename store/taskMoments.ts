/** Moments of open tasks: when somebody is to be reminded, when somebody else has to know. That they came is recorded once. */
import { hasCome } from '../domain/tasks/overview.js';
import type { Store } from './store.js';
import { changeTask, type RecordedTask, type TaskRow, taskOf } from './tasks.js';

/** The tasks of these numbers as they stand, by number; what has come at `now` (milliseconds since 1970) is recorded before. Repeatable. */
export async function lookAtTasks(
  store: Store,
  numbers: readonly number[],
  now: number,
): Promise<readonly RecordedTask[]> {
  if (numbers.length === 0) return [];
  return store.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('tasks')
      .selectAll()
      .where('number', 'in', numbers)
      .orderBy('number')
      .execute();
    const looked: RecordedTask[] = [];
    for (const row of rows) looked.push(taskOf(await remindedOf(transaction, row, now)));
    return looked;
  });
}

async function remindedOf(within: Store, before: TaskRow, now: number): Promise<TaskRow> {
  const { state, times, asked } = taskOf(before);
  let row = before;
  if (state.kind !== 'open') return row;
  if (row.reminded === 0 && hasCome(times.reminder, now)) {
    row = await changeTask(within, row, { reminded: 1 }, { name: 'task reminder', payload: { asked } });
  }
  if (row.escalated === 0 && times.escalation && hasCome(times.escalation.at, now)) {
    const { to } = times.escalation;
    row = await changeTask(within, row, { escalated: 1 }, { name: 'task escalated', payload: { asked, to } });
  }
  return row;
}

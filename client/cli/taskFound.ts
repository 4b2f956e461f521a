/** The task that somebody means by its number. */
import { UpliftError } from '../../domain/errors.js';
import type { Store } from '../../store/store.js';
import { type RecordedTask, taskNumbered } from '../../store/tasks.js';

/** Throws `TASK_UNKNOWN`. */
export async function foundTask(store: Store, number: string | undefined): Promise<RecordedTask> {
  const found = /^[1-9]\d{0,9}$/.test(number ?? '') ? await taskNumbered(store, Number(number)) : undefined;
  if (found) return found;
  throw new UpliftError('TASK_UNKNOWN', { what: `There is no task ${number}`, next: 'uplift tasks --all lists them' });
}

/** Input that is wrong ends a run at once, with a message that says how it should be; a plain error would retry for ever. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { Checked } from '../../domain/messages/form.js';

export function accepted<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw ApplicationFailure.nonRetryable(checked.problem, 'INPUT_INVALID');
}

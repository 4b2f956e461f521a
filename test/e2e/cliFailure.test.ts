/** Whatever fails becomes one answer: code, what, next, exit code. */
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TerminatedFailure,
} from '@temporalio/common';
import { expect, it } from 'vitest';
import { failureOf, showFailure } from '../../client/cli/failure.js';
import { UpliftError } from '../../domain/errors.js';
import { recordingTerminal } from './cliTerminal.js';

const locked = { what: '@acme/claims is locked', blockedBy: 'Compiler Service', next: 'uplift modules Development' };

/** As a client sees a run whose activity failed. */
function failedRun(cause: Error): WorkflowFailedError {
  const activity = new ActivityFailure(
    'Activity task failed',
    'publish',
    '1',
    RetryState.NON_RETRYABLE_FAILURE,
    'w',
    cause,
  );
  return new WorkflowFailedError('Workflow execution failed', activity, RetryState.NON_RETRYABLE_FAILURE);
}

it('an error of the registry keeps its parts and has its exit code', async () => {
  const failure = await failureOf(new UpliftError('MODULE_LOCKED', locked));
  expect(failure).toEqual({ code: 'MODULE_LOCKED', parts: locked, exit: 3 });
});

it('so does one that an activity raised, below the failures around it', async () => {
  const cause = ApplicationFailure.create({ type: 'MODULE_LOCKED', message: 'all in one line', details: [locked] });
  expect(await failureOf(failedRun(cause))).toEqual({ code: 'MODULE_LOCKED', parts: locked, exit: 3 });
});

it.each([
  ['GATE_REJECTED', 3],
  ['MESSAGE_REFUSED', 3],
  ['INPUT_INVALID', 2],
  ['COMPILATION_FAILED', 1],
] as const)('a run or an update that fails with %s ends with exit code %i and its sentence', async (type, exit) => {
  const cause = ApplicationFailure.nonRetryable('The sentence', type);
  const errors = [
    new WorkflowFailedError('failed', cause, RetryState.NON_RETRYABLE_FAILURE),
    new WorkflowUpdateFailedError('Workflow Update failed', cause),
  ];
  for (const error of errors)
    expect(await failureOf(error)).toEqual({ code: type, parts: { what: 'The sentence' }, exit });
});

it.each([
  ['cancelled', new CancelledFailure('Workflow cancelled')],
  ['terminated', new TerminatedFailure('Workflow execution terminated')],
])('RUN_FAILED: a run that was %s has no result', async (how, cause) => {
  const failure = await failureOf(new WorkflowFailedError('failed', cause, RetryState.NON_RETRYABLE_FAILURE));
  expect(failure).toMatchObject({ code: 'RUN_FAILED', exit: 1, parts: { what: expect.stringContaining(how) } });
});

it('RUN_FAILED: a reason nobody foresaw is told as it is', async () => {
  const failure = await failureOf(failedRun(ApplicationFailure.nonRetryable('disk on fire', 'Error')));
  expect(failure).toMatchObject({ code: 'RUN_FAILED', exit: 1, parts: { what: 'The run failed: disk on fire' } });
});

it.each([
  [14, 'TEMPORAL_UNAVAILABLE', 1],
  [4, 'TEMPORAL_UNAVAILABLE', 1],
  [7, 'NAMESPACE_UNAVAILABLE', 4],
  [16, 'NAMESPACE_UNAVAILABLE', 4],
])('an answer of the Temporal server with gRPC code %i is %s, exit code %i', async (code, expected, exit) => {
  const answer = Object.assign(new Error('no'), { code, details: 'not for you', metadata: {} });
  const failure = await failureOf(new Error('Failed to start Workflow', { cause: answer }));
  expect(failure).toMatchObject({ code: expected, exit, parts: { what: expect.stringContaining('not for you') } });
});

it('what nobody raised on purpose is told with where it happened', async () => {
  const failure = await failureOf(new TypeError('x is not a function'));
  expect(failure).toMatchObject({ code: 'UNEXPECTED', exit: 1 });
  expect(failure.parts.what).toMatch(/x is not a function\n\s+at /);
});

it('people read sentences beside the output, programs one document on it', async () => {
  const failure = await failureOf(new UpliftError('MODULE_LOCKED', locked));
  const forPeople = { out: [] as string[], err: [] as string[] };
  showFailure(failure, recordingTerminal(forPeople.out, forPeople.err), false);
  expect(forPeople).toEqual({
    out: [],
    err: [
      'error @acme/claims is locked (MODULE_LOCKED)',
      '      blocked by: Compiler Service',
      '      next: uplift modules Development',
    ],
  });

  const forPrograms = { out: [] as string[], err: [] as string[] };
  showFailure(failure, recordingTerminal(forPrograms.out, forPrograms.err), true);
  expect(forPrograms.err).toEqual([]);
  expect(JSON.parse(forPrograms.out.join('\n'))).toEqual({
    error: {
      code: 'MODULE_LOCKED',
      message: '@acme/claims is locked. Blocked by: Compiler Service',
      next: 'uplift modules Development',
    },
  });
});

/** Input as people type it into the Temporal UI: what is wrong ends the run at once, with words that help; no task is retried. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inputs } from '../../domain/messages/message.js';
import * as workflows from '../../workflows/index.js';
import { environment, infrastructure } from '../e2e/factories.js';
import { newer, older, type TinyEnvironment } from '../platform/tinyFactory.js';
import { before, imported, installed, withdrawn } from './releases.js';
import { eventTypes, startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

type Workflow = keyof typeof inputs;

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([startTemporal(), imported()]);
  worker = await startWorker(temporal, tiny);
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

describe('input that is no request', () => {
  it('every workflow has a form', () => {
    expect(Object.keys(workflows).filter((name) => !(name in inputs))).toEqual([]);
  });

  /** What was typed, and the words that say what is wrong with it. */
  const wrong: readonly [string, readonly unknown[], RegExp][] = [
    ['nothing', [], /Nothing was sent/],
    ['null', [null], /Nothing was sent/],
    ['{}', [{}], /Field "infrastructure" is missing/],
    ['a list', [[]], /a list was sent, and one JSON object is needed/],
    ['a text', ['acme'], /a string was sent, and one JSON object is needed/],
    ['a number', [7], /a number was sent, and one JSON object is needed/],
    ['an empty name', [{ infrastructure: ' ' }], /Field "infrastructure" is empty/],
    ['a wrong type', [{ infrastructure: ['acme'] }], /Field "infrastructure" has to be a text, not a list/],
    [
      'a wrong key',
      [{ infrastrukture: 'acme' }],
      /"infrastrukture" is not known \(perhaps "infrastructure" is meant\)/,
    ],
  ];

  it.each(Object.keys(workflows))('%s says what is wrong, with an example that is right', async (workflow) => {
    await Promise.all(
      wrong.map(async ([typed, args, problem]) => {
        const { handle, failure } = await failing(workflow, args);
        expect(failure, typed).toMatchObject({ type: 'INPUT_INVALID', message: expect.stringMatching(problem) });
        const [, example = ''] = /send for example (\{.*\})$/.exec(failure.message) ?? [];
        expect(inputs[workflow as Workflow].check(JSON.parse(example)), typed).toMatchObject({ ok: true });
        expect(await eventTypes(handle), typed).not.toContain('WORKFLOW_TASK_FAILED');
      }),
    );
  });
});

describe('a request that cannot be met', () => {
  const upgrade = (change: Record<string, unknown>) => ({
    infrastructure,
    environment,
    to: newer,
    ...change,
  });

  const refused: readonly [string, string, Record<string, unknown>, RegExp][] = [
    ['VER-10 a downgrade', 'VERSION_DOWNGRADE', { to: before }, new RegExp(before)],
    ['VER-08 a withdrawn release', 'VERSION_WITHDRAWN', { to: withdrawn }, new RegExp(withdrawn)],
    ['a release that is not installed', 'RELEASE_UNKNOWN', { to: '11.40.0' }, new RegExp(`${older}, ${newer}`)],
    ['a plan that nobody made', 'PLAN_UNKNOWN', { plan: 'f'.repeat(64) }, /There is no plan f{64}/],
    ['what is no version', 'VERSION_INVALID', { to: 'newest' }, /newest/],
    ['an unknown environment', 'ENVIRONMENT_UNKNOWN', { environment: 'Develoment' }, /Development/],
    ['an unknown infrastructure', 'INFRASTRUCTURE_UNKNOWN', { infrastructure: 'amce' }, /amce/],
  ];

  it.each(refused)('%s fails the upgrade at once', async (_, code, change, words) => {
    const { handle, failure } = await failing('upgradeEnvironment', [upgrade(change)]);
    expect(failure).toMatchObject({ type: code, message: expect.stringMatching(words) });
    expect(await eventTypes(handle)).not.toContain('WORKFLOW_TASK_FAILED');
  });

  it.each(['prepareModules', 'deployModules', 'nightlyDeployAll'])(
    '%s of an unknown environment fails at once',
    async (workflow) => {
      const { failure } = await failing(workflow, [{ infrastructure, environment: 'Nowhere' }]);
      expect(failure).toMatchObject({ type: 'ENVIRONMENT_UNKNOWN', message: expect.stringContaining('Development') });
    },
  );

  it('PREP-12 a preparation for another release fails at once', async () => {
    const { failure } = await failing('prepareModules', [upgradeless({ release: newer })]);
    expect(failure).toMatchObject({ type: 'PREPARATION_OTHER_RELEASE', message: expect.stringContaining(installed) });
  });

  it('VER-09 Deploy All below 11.19.0 fails at once', async () => {
    const { failure } = await failing('deployModules', [upgradeless({})]);
    expect(failure).toMatchObject({ type: 'DEPLOY_ALL_UNAVAILABLE', message: expect.stringContaining('11.19.0') });
  });

  function upgradeless(change: Record<string, unknown>) {
    const { to: _, ...request } = upgrade(change);
    return request;
  }
});

interface Failed {
  readonly handle: WorkflowHandle;
  readonly failure: ApplicationFailure;
}

/** The run has to fail within half a minute. */
async function failing(workflow: string, args: readonly unknown[]): Promise<Failed> {
  const { client } = temporal;
  const handle = await client.workflow.start(workflow, {
    workflowId: `input/${randomUUID()}`,
    taskQueue,
    args: [...args],
  });
  const error = await client
    .withDeadline(Date.now() + 30_000, () => handle.result())
    .catch((reason: unknown) => reason);
  return { handle, failure: raised(error) };
}

/** What was raised on purpose, below what only passes it on. */
function raised(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof Error && error.cause) return raised(error.cause);
  throw new Error('the run did not fail', { cause: error });
}

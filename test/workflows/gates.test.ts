/** Messages to the gate of an upgrade's plan: which open it, which are refused, and that every one of them can be found again. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { temporal as api } from '@temporalio/proto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { pauseEverything, resumeEverything } from '../../store/pause.js';
import type { RunStatus } from '../../workflows/messages.js';
import { until } from '../e2e/until.js';
import { newer, published, type TinyEnvironment } from '../platform/tinyFactory.js';
import { detailsOf, eventTypes, startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

/** That the server takes for a run: few, so that a test can send more. */
const mostUpdates = 20;

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;
let infrastructure: string;
let upgrade: WorkflowHandle;

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([
    startTemporal({ dynamicConfig: { 'history.maxTotalUpdates': mostUpdates } }),
    published({ a: {} }),
  ]);
  worker = await startWorker(temporal, tiny);
  const { name } = await tiny.context.database.selectFrom('infrastructures').select('name').executeTakeFirstOrThrow();
  infrastructure = name;
});

/** No front end runs here: an upgrade whose plan is approved does not get beyond its server step. */
afterEach(async () => {
  await resumeEverything(worker.store);
  await upgrade.terminate().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended by itself
  });
  await tiny.context.database.deleteFrom('holds').execute();
  await worker.store.updateTable('upgrades').set({ ended_at: 'before the next test' }).execute();
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

type Answer = Readonly<Record<string, unknown>>;

describe('an answer to the gate of the plan', () => {
  it.each<[string, (right: Answer) => Answer, RegExp]>([
    [
      'another plan',
      (right) => ({ ...right, plan: 'f'.repeat(64) }),
      /The plan of this run is .* read it, then send \{/,
    ],
    ['another run', (right) => ({ ...right, token: 'another' }), /The token "another" belongs to another run: send \{/],
    ['another gate', (right) => ({ ...right, gate: 'tests' }), /waits at gate "plan", not at "tests": send \{/],
    ['nobody', (right) => ({ ...right, approver: '\u200b' }), /"approver" has a character that no line shows/],
  ])('of %s is refused, shown and kept as evidence', async (_, change, reason) => {
    const right = await startedAtGate();
    const wrong = change(right);

    await expect(approve(wrong)).rejects.toThrow(reason);
    await upgrade.signal('approve', wrong);

    const now = await until('the refused signal', async () => {
      const status = await statusNow();
      return status.refusals.length === 1 && status;
    });
    expect(now.gate?.name).toBe('plan');
    expect(now.refusals[0]).toMatch(reason);
    expect(await detailsOf(upgrade)).toMatch(/Refused messages, newest last:\n- `?approve: /);
    // The update was answered, and left nothing.
    expect(await evidenceOnceThereAre(1)).toMatchObject([
      { name: 'approve', payload: wrong, refusal: expect.stringMatching(reason) },
    ]);
  });

  it('knows what it approves: warnings, what is assumed, costs, the plan and what it changes', async () => {
    const right = await startedAtGate();
    const { gate } = await statusNow();
    const hash = String(right['plan']).slice(0, 12);
    expect(gate?.asks).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Warning: /),
        expect.stringMatching(/^Assumed: no environment is a personal one/),
        expect.stringMatching(/^Development from .*: \d+ min from .*; users are .*; a rollback takes /),
        expect.stringMatching(
          `^The whole plan: http://127.0.0.1:2/ServiceCenter/plans/${hash} or uplift plan ${hash}$`,
        ),
      ]),
    );
    const details = await detailsOf(upgrade);
    for (const part of ['- Warning: ', '- Assumed: ', `/plans/${hash}`, '; a rollback takes '])
      expect(details).toContain(part);
    expect(details.length).toBeLessThan(2_048);
  });

  it('that was refused is shown without what to send, which stands above it, and no more once the gate is open', async () => {
    const right = await startedAtGate();
    await upgrade.signal('approve', { ...right, gate: 'tests' });
    await until('the refused signal', async () => (await statusNow()).refusals.length === 1);
    const [, refused = ''] = (await detailsOf(upgrade)).split('Refused messages');
    expect(refused).toContain('approve: The run waits at gate "plan", not at "tests"');
    expect(refused).not.toContain('{');
    await approve(right);
    await until('the gate open', async () => (await statusNow()).gate === null);
    expect((await statusNow()).refusals).toEqual([]);
    expect(await detailsOf(upgrade)).not.toContain('Refused messages');
  });

  it('that is empty opens nothing: the update is refused before it is in the history', async () => {
    await startedAtGate();
    const before = await eventTypes(upgrade);
    for (const payload of [undefined, null, {}, [], 'approve']) {
      await expect(approve(payload)).rejects.toThrow(/send for example \{"gate":"plan",/);
    }
    expect((await eventTypes(upgrade)).filter((type) => !type.startsWith('WORKFLOW_TASK'))).toEqual(
      before.filter((type) => !type.startsWith('WORKFLOW_TASK')),
    );
    expect((await statusNow()).gate?.name).toBe('plan');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['{}', {}],
    ['a text', 'approve'],
  ])('that is a signal with %s opens nothing, is shown and kept as evidence', async (_, payload) => {
    await startedAtGate();
    await upgrade.signal('approve', payload);
    const now = await until('the refused signal', async () => {
      const status = await statusNow();
      return status.refusals.length === 1 && status;
    });
    expect(now.gate?.name).toBe('plan');
    expect(now.refusals[0]).toMatch(/^approve: .*send for example \{"gate":"plan",/);
    expect(await eventTypes(upgrade)).not.toContain('WORKFLOW_TASK_FAILED');
    expect(await evidenceOnceThereAre(1)).toMatchObject([
      { name: 'approve', refusal: expect.stringContaining('send for example') },
    ]);
  });

  it('may be as long as a book: it is refused by its beginning, kept by its beginning, and the run waits on', async () => {
    const right = await startedAtGate();
    const wrong = { ...right, approver: 'x'.repeat(1_200_000) };
    await upgrade.signal('approve', wrong);
    await expect(approve(wrong)).rejects.toThrow(/"approver" has 1,200,000 characters, 200 are the most/);
    const [kept] = await evidenceOnceThereAre(1);
    expect(JSON.stringify(kept).length).toBeLessThan(4_000);
    expect(kept?.payload).toMatchObject({ charactersLeftOut: expect.any(Number) });
    expect((await statusNow()).refusals[0]?.length).toBeLessThan(500);
    await expect(approve(right)).resolves.toEqual({ accepted: true });
    expect(await eventTypes(upgrade)).not.toContain('WORKFLOW_TASK_FAILED');
  });

  it('may be wrong in more updates than the server lets a run have: the right one is still taken', async () => {
    const right = await startedAtGate();
    const wrongs: readonly Answer[] = [
      { ...right, plan: 'f'.repeat(64) },
      { ...right, token: 'another' },
      { ...right, gate: 'tests' },
      { ...right, approver: '' },
    ];
    for (let sent = 0; sent < mostUpdates * 3; sent++) {
      await expect(approve(wrongs[sent % wrongs.length])).rejects.toThrow(/send/);
    }
    await expect(approve(right)).resolves.toEqual({ accepted: true });
  });

  it('may be wrong in very many signals: a hundred are kept, the others counted, and the run waits on', async () => {
    const right = await startedAtGate();
    const sent = 250;
    for (let left = sent; left > 0; left -= 50) {
      await Promise.all(Array.from({ length: 50 }, () => upgrade.signal('approve', { ...right, gate: 'tests' })));
    }
    await until('all of them refused', async () => (await detailsOf(upgrade)).includes(`(${sent} in all)`));
    expect(await evidenceOnceThereAre(100)).toHaveLength(100);
    const types = await eventTypes(upgrade);
    const recorded = types.filter((type) => type === 'ACTIVITY_TASK_SCHEDULED').length;
    expect(recorded).toBe(102); // with the plan and what its gate asks
    expect((await statusNow()).refusals).toHaveLength(3);
    await expect(approve(right)).resolves.toEqual({ accepted: true });
  });

  it.each<[string, unknown, Partial<RunStatus>]>([
    ['pause', { requestedBy: 'ana', reason: 'not yet' }, { paused: { by: 'ana', reason: 'not yet' } }],
    ['approve', {}, { refusals: [expect.stringMatching(/^approve: .*send for example/)] }],
  ])(
    'or another message (%s) may come with the start: it is handled once the run stands',
    async (signal, payload, then) => {
      upgrade = await temporal.client.workflow.signalWithStart('upgradeEnvironment', {
        workflowId: ids.upgradeEnvironment(infrastructure, 'Development'),
        taskQueue,
        args: [{ infrastructure, environment: 'Development', to: newer, requestedBy: 'rita' }],
        signal,
        signalArgs: [payload],
      });
      await until('the gate of the plan', async () => (await statusNow()).gate);
      expect(await statusNow()).toMatchObject(then);
      expect(await eventTypes(upgrade)).not.toContain('WORKFLOW_TASK_FAILED');
    },
  );

  it('before there is a gate is refused and kept as evidence', async () => {
    await pauseEverything(worker.store, 'ana', 'not yet');
    await start();
    const early = { gate: 'plan', plan: 'early', token: upgradeRun(), approver: 'ana' };
    await expect(approve(early)).rejects.toThrow(/No gate waits/);
    await upgrade.signal('approve', early);
    expect(await evidenceOnceThereAre(1)).toMatchObject([
      { payload: early, refusal: expect.stringMatching(/No gate waits/) },
    ]);
  });

  it('is taken once: the second is refused and kept as evidence', async () => {
    const right = await startedAtGate();
    await expect(approve(right)).resolves.toEqual({ accepted: true });
    await expect(approve({ ...right, approver: 'otto' })).rejects.toThrow(/No gate waits/);
    await upgrade.signal('approve', { ...right, approver: 'otto' });
    await evidenceOnceThereAre(2);
    expect(await statusNow()).toMatchObject({ step: expect.not.stringMatching('plan'), gate: null });
    expect(await evidence()).toMatchObject([
      { payload: right, refusal: null },
      { payload: { approver: 'otto' }, refusal: expect.stringMatching(/No gate waits/) },
    ]);
  });

  it('that rejects ends the upgrade with who and why', async () => {
    const right = await startedAtGate();
    await upgrade.signal('reject', { ...right, reason: 'the sprint is not over' });
    await expect(upgrade.result()).rejects.toMatchObject({
      cause: { type: 'GATE_REJECTED', message: expect.stringMatching(/rejected by ana: the sprint is not over/) },
    });
  });

  it('opens no gate of the run that a reset makes; a new one does', async () => {
    const right = await startedAtGate();
    const old = upgradeRun();
    await upgrade.signal('approve', right);
    await until('the first step', async () => (await statusNow()).step !== 'plan');

    const { resetWorkflowExecution } = temporal.connection.workflowService;
    const { runId } = await resetWorkflowExecution.call(temporal.connection.workflowService, {
      namespace: 'default',
      workflowExecution: { workflowId: upgrade.workflowId, runId: old },
      reason: 'the plan has to be read again',
      requestId: `reset of ${old}`,
      workflowTaskFinishEventId: await firstTaskCompleted(),
      resetReapplyType: api.api.enums.v1.ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    });
    upgrade = temporal.client.workflow.getHandle(upgrade.workflowId);

    const now = await until('the old approval refused by the new run', async () => {
      const status = await statusNow();
      return status.gate && status.refusals.length === 1 && status;
    });
    expect(now.refusals[0]).toMatch(new RegExp(`"${old}" belongs to another run|No gate waits`));
    expect(now.gate?.approve).toMatchObject({ token: runId });
    expect(await detailsOf(upgrade)).toContain('Refused messages');
    const failedTasks = (await eventTypes(upgrade)).filter((type) => type === 'WORKFLOW_TASK_FAILED');
    expect(failedTasks).toHaveLength(1); // that is how a reset is noted
    await expect(approve(right)).rejects.toThrow(`The token "${old}" belongs to another run`);

    await expect(approve({ ...now.gate?.approve, approver: 'ana' })).resolves.toEqual({ accepted: true });
    await until('the first step again', async () => (await statusNow()).step !== 'plan');
    expect(await evidenceOf(old)).toMatchObject([{ refusal: null }]);
    expect((await evidenceOf(runId)).map(({ refusal }) => refusal === null)).toEqual([false, true]);
  });
});

let started: string;

const upgradeRun = () => started;

async function start(): Promise<void> {
  const handle = await temporal.client.workflow.start('upgradeEnvironment', {
    workflowId: ids.upgradeEnvironment(infrastructure, 'Development'),
    taskQueue,
    args: [{ infrastructure, environment: 'Development', to: newer, requestedBy: 'rita' }],
  });
  upgrade = handle;
  started = handle.firstExecutionRunId;
}

/** The approval that opens the gate. */
async function startedAtGate(): Promise<Answer> {
  await start();
  const { gate } = await until('the gate of the plan', async () => {
    const status = await statusNow();
    return status.gate && status;
  });
  return { ...gate?.approve, approver: 'ana' };
}

/** As the caller of an update learns it. */
async function approve(payload: unknown): Promise<unknown> {
  try {
    return await upgrade.executeUpdate('approve', { args: [payload] });
  } catch (error) {
    throw error instanceof WorkflowUpdateFailedError && error.cause ? error.cause : error;
  }
}

function statusNow(): Promise<RunStatus> {
  return upgrade.query<RunStatus, []>('status');
}

/** Of the run that a test has started. */
function evidence() {
  return evidenceOf(started);
}

/** Once there are so many: a signal is answered before it is kept. */
async function evidenceOnceThereAre(count: number) {
  return until(`${count} messages kept`, async () => {
    const kept = await evidence();
    return kept.length >= count && kept;
  });
}

async function evidenceOf(run: string) {
  const rows = await worker.store.selectFrom('messages').selectAll().where('run', '=', run).orderBy('id').execute();
  return rows.map(({ name, payload, refusal }) => ({ name, payload: JSON.parse(payload) as unknown, refusal }));
}

/** The event after which a reset makes the run begin anew. */
async function firstTaskCompleted() {
  const at = (await eventTypes(upgrade)).indexOf('WORKFLOW_TASK_COMPLETED');
  return (await upgrade.fetchHistory()).events?.[at]?.eventId ?? null;
}

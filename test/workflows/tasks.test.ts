/** Tasks of a run: opened, answered by signal and by update, opened again, found by the next run, and never lost on the way. */
import { WorkflowNotFoundError } from '@temporalio/common';
import { temporal as api } from '@temporalio/proto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitingForKey } from '../../contract/searchAttributes.js';
import { withdrawTasksOf } from '../../store/taskWithdrawal.js';
import { endUpgradeRecord } from '../../store/upgrades.js';
import { until } from '../e2e/until.js';
import { evidence, place, startTaskWorld, type TaskRun, type TaskWorld, todo, workflowId } from './taskWorld.js';
import { detailsOf, eventTypes, startTemporal, type Temporal } from './temporal.js';

let temporal: Temporal;
let world: TaskWorld;
let run: TaskRun;

beforeAll(async () => {
  temporal = await startTemporal();
  world = await startTaskWorld(temporal);
});

/** The next test has an upgrade of its own. */
afterEach(async () => {
  await temporal.client.workflow
    .getHandle(workflowId)
    .terminate()
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended by itself
    });
  const open = await world.store.selectFrom('upgrades').select('number').where('ended_at', 'is', null).execute();
  for (const { number } of open) await endUpgradeRecord(world.store, `acme#${number}`, 'rejected');
});

afterAll(async () => {
  await world.close();
  await temporal.close();
});

const second = { ...todo, subject: 'fe-2', title: 'Install Platform Server on fe-2' };
const server = { name: 'server', todos: [todo] };
const tests = { name: 'tests', todos: [{ ...todo, step: 'tests', title: 'Look at the screens', evidence: [] }] };

/** Once the tasks of the first step are open; `right` completes the most urgent of them. */
async function started(...steps: Parameters<TaskWorld['start']>[0]) {
  run = await world.start(steps);
  const { complete, urgent, token } = await world.open(steps[0]?.todos.flat().length ?? 0);
  return { right: { ...complete, by: 'ana', evidence }, task: Number(urgent[0]?.task), token: String(token) };
}

const waitsFor = async () => (await run.describe()).typedSearchAttributes.get(waitingForKey);

describe('a task', () => {
  it('is shown with what to do and what to send; the update answers, the step is told', async () => {
    const { right, task } = await started(server);
    const details = await detailsOf(run);
    for (const part of [
      '- waits for: **1 task**',
      `- task ${task}: **Install Platform Server on fe-1**: ana`,
      '> EXEC-01\n> 1. Run the installer\n> 2. Run Configuration Tool',
      '> finishedAt: when the installer ended (a moment with its zone)',
      JSON.stringify({ ...right, by: 'YOUR NAME', evidence: { finishedAt: 'MOMENT WITH ZONE' } }, null, 1),
    ]) {
      expect(details).toContain(part);
    }
    expect(details.length).toBeLessThan(2_048);
    expect(await waitsFor()).toBe('task');
    expect(await world.update('completeTask', right)).toEqual({ accepted: true });
    expect(await run.result()).toEqual([[{ kind: 'done', by: 'ana', reason: null, evidence, task }]]);
    expect(await waitsFor()).toBe('nobody');
    expect(await world.history(task)).toEqual(['task opened', 'completeTask']);
  });

  it.each<[string, object, object]>([
    ['not possible', { outcome: 'not possible', reason: 'no licence' }, { kind: 'not possible', reason: 'no licence' }],
    ['failed', { outcome: 'failed', reason: 'it ended with 2' }, { kind: 'failed', reason: 'it ended with 2' }],
  ])('that is %s, as a signal says, is told to the step with the reason', async (_, changes, told) => {
    const { right } = await started(server);
    const { evidence: _unneeded, ...without } = right;
    await run.signal('completeTask', { ...without, ...changes });
    expect(await run.result()).toEqual([[expect.objectContaining({ ...told, by: 'ana', evidence: {} })]]);
  });

  it.each<[string, (right: object, task: number) => unknown, RegExp]>([
    ['nothing', () => undefined, /^Nothing was sent, .*: send for example \{"task":12/],
    ['an empty object', () => ({}), /^Field "task" is missing: send for example/],
    [
      'another run',
      (right) => ({ ...right, token: 'old' }),
      /^The token "old" belongs to another run: send \{"task":\d+/,
    ],
    [
      'a task that nobody asked for',
      (right) => ({ ...right, task: 999 }),
      /^This run has not asked for a task 999: send/,
    ],
    ['nobody', (right) => ({ ...right, by: 'YOUR NAME' }), /^It says nobody who did it/],
    [
      'evidence of a wrong type',
      (right) => ({ ...right, evidence: { finishedAt: 7 } }),
      /^The evidence "finishedAt" has to be a text with a moment, not a number, for example "2026-.*": send \{"task"/,
    ],
    [
      'evidence under a hostile name',
      (right) => ({ ...right, evidence: JSON.parse('{"__proto__":{"finishedAt":"2026-03-01T22:30:00Z"}}') }),
      /^Field "evidence" has a name that is "__proto__"/,
    ],
    ['no reason', (right) => ({ ...right, outcome: 'failed' }), /^A task that is failed needs a reason: send/],
  ])('is not completed by a message of %s: refused, shown, kept as evidence', async (_, change, reason) => {
    const { right, task } = await started(server);
    const wrong = change(right, task);
    await expect(world.update('completeTask', wrong)).rejects.toThrow(reason);
    await run.signal('completeTask', wrong);
    const { refusals, tasks } = await until('the refused signal', async () => {
      const status = await world.see();
      return status.refusals.length === 1 && status;
    });
    expect(refusals[0]?.replace('completeTask: ', '')).toMatch(reason);
    expect(tasks).toMatchObject({ open: 1 });
    expect(await detailsOf(run)).toMatch(/Refused messages, newest last:\n- `?completeTask: /);
    const kept = await until('the evidence', async () => {
      const rows = await world.store
        .selectFrom('messages')
        .select('refusal')
        .where('run', '=', (await run.describe()).runId)
        .where('name', '=', 'completeTask')
        .execute();
      return rows.length > 0 && rows;
    });
    expect(kept.map(({ refusal }) => refusal)).toEqual([expect.stringMatching(reason)]);
    expect(await eventTypes(run)).not.toContain('WORKFLOW_TASK_FAILED');

    expect(await world.update('completeTask', right)).toEqual({ accepted: true });
    expect(await run.result()).toMatchObject([[{ kind: 'done' }]]);
  });

  it('is completed once: what comes after is refused with who has done it', async () => {
    const { right, task } = await started({ ...server, todos: [todo, second] });
    await world.update('completeTask', right);
    await expect(world.update('completeTask', { ...right, by: 'otto' })).rejects.toThrow(
      `Task ${task} (${todo.title}) was done by ana at`,
    );
    await run.signal('completeTask', { ...right, by: 'otto' });
    await until('the refused signal', async () => (await world.see()).refusals.length === 1);
    expect((await world.tasks()).find((one) => one.task === task)?.state).toMatchObject({ by: 'ana' });
  });

  it('is completed once by two answers at the same time', async () => {
    const { right, task } = await started(server, tests);
    const both = await Promise.allSettled(
      ['ana', 'otto'].map((by) => run.executeUpdate('completeTask', { args: [{ ...right, by }] })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await world.open(1);
    expect((await world.history(task)).filter((name) => name === 'completeTask')).toHaveLength(1);
  });

  it('is none before the run has asked for one', async () => {
    run = await world.start([{ name: 'server', todos: [], gate: 'tests' }]);
    await until('the gate', async () => (await world.see().catch(() => undefined))?.gate);
    const early = { task: 1, token: 'early', outcome: 'done', by: 'ana' };
    await expect(world.update('completeTask', early)).rejects.toThrow(
      'This run has not asked for a task 1: nothing is left to send',
    );
    expect((await world.see()).tasks).toBeNull();
  });
});

describe('tasks that are asked together', () => {
  it('are told to the step in its order once all have ended, whichever comes first', async () => {
    run = await world.start([{ name: 'server', todos: [todo, second, [{ ...second, subject: 'fe-3' }]] }]);
    const { urgent, complete } = await world.open(3);
    const [first, next, last] = urgent.map(({ task }) => task);
    for (const [task, by] of [
      [last, 'lea'],
      [first, 'ana'],
      [next, 'otto'],
    ] as const)
      await world.update('completeTask', { ...complete, task, by, evidence });
    const [told] = await run.result();
    expect(told?.map(({ task, by }) => `${task} ${by}`)).toEqual([`${first} ana`, `${next} otto`, `${last} lea`]);
  });

  it('may be two hundred: opened by one activity, completed by one each, and the details stay short', async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({
      ...{ ...todo, subject: `PC-${index}`, title: `Install Service Studio on PC-${index}` },
      due: new Date(Date.UTC(2030, 0, 200 - index)).toISOString(),
    }));
    run = await world.start([{ name: 'tools', todos: many }]);
    const { urgent, complete } = await world.open(200);
    expect(urgent.map(({ subject }) => subject)).toEqual(['PC-199', 'PC-198', 'PC-197']);
    const details = await detailsOf(run);
    expect(details).toContain('- waits for: **200 tasks**');
    expect(details).toContain('- and 197 more: uplift tasks lists them');
    expect(details.length).toBeLessThan(2_048);

    const numbers = (await world.tasks()).filter(({ state }) => state.kind === 'open').map(({ task }) => task);
    await Promise.all(
      numbers.map((task) => run.signal('completeTask', { ...complete, task, by: `user ${task}`, evidence })),
    );
    const [told] = await run.result();
    expect(told?.map(({ by }) => by)).toEqual(numbers.map((task) => `user ${task}`));
    const types = await eventTypes(run);
    expect(types.filter((type) => type === 'ACTIVITY_TASK_SCHEDULED').length).toBeLessThanOrEqual(210);
    expect(types.length).toBeLessThan(2_600);
    expect(types).not.toContain('WORKFLOW_TASK_FAILED');
  });
});

describe('a task that has to be done again', () => {
  const reopening = { by: 'ana', reason: 'fe-1 was restored' };

  it('is opened while its step waits for another, and told as it was done last', async () => {
    const { right, task, token } = await started({ ...server, todos: [todo, second] });
    await world.update('completeTask', right);
    await world.update('reopenTask', { task, token, ...reopening });
    expect((await world.open(2)).urgent.map((one) => one.task)).toContain(task);
    const { complete, urgent } = await world.open(2);
    for (const { task: number } of urgent)
      await world.update('completeTask', { ...complete, task: number, by: 'otto', evidence });
    expect(await run.result()).toMatchObject([[{ task, by: 'otto' }, { by: 'otto' }]]);
    expect(await world.history(task)).toEqual(['task opened', 'completeTask', 'reopenTask', 'completeTask']);
  });

  it('holds the run before its next step, which a pause had held until then', async () => {
    const { right, task, token } = await started(server, tests);
    await run.signal('pause', { requestedBy: 'ana', reason: 'fe-1 looks odd' });
    await world.update('completeTask', right);
    await world.update('reopenTask', { task, token, ...reopening });
    await run.signal('resume', {});
    await until('the resumed run', async () => (await world.see()).paused === null);
    expect(await world.see()).toMatchObject({ step: 'server', tasks: { open: 1, urgent: [{ task }] } });
    expect(await waitsFor()).toBe('task');
    await world.update('completeTask', { ...right, by: 'otto' });
    const { urgent } = await until('the next step', async () => {
      const { step, tasks } = await world.see();
      return step === 'tests' && tasks?.open === 1 && tasks;
    });
    await world.update('completeTask', { ...right, task: urgent[0]?.task, evidence: {} });
    expect(await run.result()).toMatchObject([[{ task, by: 'otto' }], [{ kind: 'done' }]]);
  });

  it('holds the run whose step has been told, at its gate, until it has ended again', async () => {
    const { right, task, token } = await started({ ...server, gate: 'tests' }, tests);
    await world.update('completeTask', right);
    const gate = await until('the gate', async () => (await world.see()).gate);
    await world.update('reopenTask', { task, token, ...reopening });
    await world.open(1);
    expect(await detailsOf(run)).toContain('- waits for: **1 more approval of gate tests**, and **1 task**');
    expect(await waitsFor()).toBe('tests');
    await run.executeUpdate('approve', { args: [{ ...gate.approve, approver: 'ana' }] });
    await until('the open gate', async () => (await world.see()).gate === null);
    expect(await world.see()).toMatchObject({ step: 'server', tasks: { open: 1 } });
    expect(await waitsFor()).toBe('task');
    await world.update('completeTask', { ...right, by: 'otto' });
    await until('the next step', async () => (await world.see()).step === 'tests');
  });

  it('is refused once the run has begun its next step, and once the upgrade has ended', async () => {
    const { right, task, token } = await started(server, tests);
    await world.update('completeTask', right);
    const { urgent } = await until('the next step', async () => {
      const { step, tasks } = await world.see();
      return step === 'tests' && tasks?.open === 1 && tasks;
    });
    await expect(world.update('reopenTask', { task, token, ...reopening })).rejects.toThrow(
      `Task ${task} (${todo.title}) is of the step server, which the run has left`,
    );
    await endUpgradeRecord(world.store, (await world.tasks()).at(-1)?.upgrade ?? '', 'rejected');
    await expect(world.update('completeTask', { ...right, task: urgent[0]?.task, evidence: {} })).rejects.toThrow(
      /was withdrawn by the end of acme#\d+ at .* \(rejected\): nothing is left to send/,
    );
  });

  it.each([
    ['open', {}, /is open: nothing is left to send/],
    ['of another run', { token: 'old' }, /The token "old" belongs to another run: send \{"task":\d+,"token"/],
    ['wished for by nobody', { by: 'your name' }, /It says nobody who wants it/],
    ['one that nobody asked for', { task: 999 }, /has not asked for a task 999/],
  ])('is refused when it is %s', async (_, changes, reason) => {
    const { task, token } = await started(server);
    if ('by' in changes || 'token' in changes) {
      await run.signal('pause', { requestedBy: 'ana' });
      const { complete } = await world.open(1);
      await world.update('completeTask', { ...complete, by: 'ana', evidence });
    }
    await expect(world.update('reopenTask', { task, token, ...reopening, ...changes })).rejects.toThrow(reason);
  });
});

describe('a run that goes on with an upgrade', () => {
  it('finds open what its predecessor left open when it was stopped, and answered what was answered', async () => {
    const { right, task, token } = await started({ ...server, todos: [todo, second] });
    await world.update('completeTask', right);
    await run.executeUpdate('stop', { args: [{ requestedBy: 'ana', reason: 'for today' }] });
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'STOPPED' } });
    expect((await world.tasks()).slice(-2).map(({ state }) => state.kind)).toEqual(['done', 'open']);

    run = await world.start([{ ...server, todos: [todo, second] }]);
    const { urgent, complete } = await world.open(1);
    expect(urgent).toMatchObject([{ task: task + 1, subject: 'fe-2' }]);
    await expect(world.update('completeTask', { ...complete, token, by: 'ana', evidence })).rejects.toThrow(
      'belongs to another run',
    );
    await world.update('completeTask', { ...complete, by: 'otto', evidence });
    expect(await run.result()).toMatchObject([
      [
        { task, by: 'ana' },
        { task: task + 1, by: 'otto' },
      ],
    ]);
  });

  it.each([
    ['is cancelled', () => run.cancel()],
    ['is terminated', () => run.terminate()],
  ])('finds open what was open when the run before %s', async (_, end) => {
    const { task } = await started(server);
    await end();
    await run.result().catch(() => undefined);
    run = await world.start([server]);
    expect((await world.open(1)).urgent).toMatchObject([{ task }]);
    expect(await world.history(task)).toEqual(['task opened']);
  });

  it('asks anew for what was withdrawn; the run that waits for it ends and says so', async () => {
    const { task } = await started(server);
    await withdrawTasksOf(world.store, place, { by: 'otto', reason: 'it is taken back' });
    await expect(run.result()).rejects.toMatchObject({
      cause: {
        type: 'TASK_WITHDRAWN',
        message: expect.stringMatching(/^Task \d+ \(.*\) was withdrawn by otto at .* \(it is taken back\)\. Start/),
      },
    });
    run = await world.start([server]);
    expect((await world.open(1)).urgent).toMatchObject([{ task }]);
    expect(await world.history(task)).toEqual(['task opened', 'task withdrawn', 'task opened']);
  });
});

describe('the run that a reset makes', () => {
  /** After the activity that opened the tasks has answered, or before anything was done. */
  async function reset(to: 'the beginning' | 'the open tasks'): Promise<string> {
    const types = await eventTypes(run);
    const { runId: old } = await run.describe();
    const from = to === 'the beginning' ? 0 : types.indexOf('ACTIVITY_TASK_COMPLETED');
    const at = types.indexOf('WORKFLOW_TASK_COMPLETED', from);
    const { resetWorkflowExecution } = temporal.connection.workflowService;
    await resetWorkflowExecution.call(temporal.connection.workflowService, {
      namespace: 'default',
      workflowExecution: { workflowId, runId: old },
      reason: 'somebody wants it to go on from there',
      requestId: `reset of ${old}`,
      workflowTaskFinishEventId: (await run.fetchHistory()).events?.[at]?.eventId ?? null,
      resetReapplyType: api.api.enums.v1.ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    });
    run = temporal.client.workflow.getHandle(workflowId);
    return old;
  }

  it.each(['the beginning', 'the open tasks'] as const)(
    'from %s refuses the answer that is applied again, and goes on with what was answered',
    async (from) => {
      const { right, task } = await started(server, tests);
      await run.signal('completeTask', right);
      await until('the next step', async () => (await world.see()).step === 'tests');
      const answered = (await world.tasks()).find((one) => one.task === task);
      await reset(from);

      await until('the refused answer', async () => (await world.see()).refusals.length === 1);
      await until('the next step again', async () => {
        const { step, tasks } = await world.see();
        return step === 'tests' && tasks?.open === 1;
      });

      expect((await world.see()).refusals).toEqual([]); // forgotten with the step that they were about
      expect((await world.tasks()).find((one) => one.task === task)).toEqual(answered);
      expect(answered?.state).toMatchObject({ kind: 'done', by: 'ana' });
      const failed = (await eventTypes(run)).filter((type) => type === 'WORKFLOW_TASK_FAILED');
      expect(failed).toHaveLength(1); // that is how a reset is noted
    },
  );

  it('takes no answer that was made for the run before, and one of its own', async () => {
    const { right, token } = await started(server);
    await reset('the open tasks');
    const { complete } = await until('the task of the new run', async () => {
      const { tasks } = await world.see();
      return tasks?.token !== token && tasks;
    });
    await expect(world.update('completeTask', right)).rejects.toThrow(`The token "${token}" belongs to another run`);
    await world.update('completeTask', { ...complete, by: 'ana', evidence });
    expect(await run.result()).toMatchObject([[{ kind: 'done' }]]);
  });

  it('that waits for what was answered to the run before learns it from whoever answers again', async () => {
    const { right, task, token } = await started(server);
    await world.update('completeTask', right);
    await run.result();
    await reset('the open tasks');
    const { complete } = await until('the task of the new run', async () => {
      const { tasks } = await world.see();
      return tasks?.token !== token && tasks;
    });
    const again = { ...right, token: complete?.['token'] ?? token, by: 'otto' };
    await expect(world.update('completeTask', again)).rejects.toThrow(/was done by ana at .*: nothing is left to send/);
    expect(await run.result()).toMatchObject([[{ task, by: 'ana' }]]);
  });
});

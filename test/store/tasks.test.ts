/** Tasks in the store: one of each upgrade, environment, step and subject; every change is kept, once, and is evidence. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Todo } from '../../domain/tasks/task.js';
import { openStore, type Store } from '../../store/store.js';
import { answerTask, type TaskDecision } from '../../store/taskAnswers.js';
import { lookAtTasks } from '../../store/taskMoments.js';
import { allTasks, openTasks, type RecordedTask, taskHistory, taskNumbered } from '../../store/tasks.js';
import { withdrawTasksOf } from '../../store/taskWithdrawal.js';
import { endEnvironment, endUpgradeRecord, endUpgradesOf, numberUpgrade } from '../../store/upgrades.js';
import { temporaryFolder } from '../platform/tinyFactory.js';

let folder: string;
let store: Store;
let upgrade: string;

beforeEach(async () => {
  folder = temporaryFolder();
  store = openStore(folder);
  upgrade = await numbered('acme', 'run-1');
});

afterEach(() => store.destroy());

/** Of a whole infrastructure, by a plan of its own. */
async function numbered(infrastructure: string, run: string): Promise<string> {
  const plan = `plan of ${run}`;
  await store.insertInto('plans').values({ hash: plan, plan: '{}', made_at: '', explanation: null }).execute();
  const record = { infrastructure, environment: '', workflow: 'w', run, plan, requestedBy: null, request: {} };
  return (await numberUpgrade(store, record)).upgrade;
}

const todo: Todo = {
  ...{ step: 'server', subject: 'fe-1', title: 'Install fe-1', reason: 'EXEC-01:\n servers first', asked: ['ana'] },
  ...{ instructions: ['Run\nthe installer'], evidence: [] },
};
const other = { ...todo, subject: 'fe-2', title: 'Install fe-2' };

function open(todos: readonly Todo[] = [todo], environment = 'Production', run = 'run-1') {
  return openTasks(store, { upgrade, environment, workflow: `w of ${run}`, run }, todos);
}

const result = { kind: 'done', by: 'ana', reason: null, evidence: { count: 3 } } as const;
const ended = (): TaskDecision => ({ kind: 'ended', result });
const again = (): TaskDecision => ({ kind: 'opened again' });

function answer(task: number, key: string, decide: Parameters<typeof answerTask>[2], name = 'completeTask') {
  const about = { upgrade, environment: 'Production', workflow: 'w', run: 'run-1' };
  return answerTask(store, { ...about, task, key, name, payload: { task, by: 'ana' } }, decide);
}

async function eventsOf(task: RecordedTask | undefined) {
  return task
    ? (await taskHistory(store, task)).map(({ name, refusal }) => (refusal ? `${name}: ${refusal}` : name))
    : [];
}

describe('opening tasks', () => {
  it('numbers them from 1 on, in their order, over all upgrades and environments', async () => {
    expect((await open([todo, other])).map(({ task }) => task)).toEqual([1, 2]);
    expect((await open([todo], 'Testing')).map(({ task }) => task)).toEqual([3]);
    upgrade = await numbered('beta', 'run-2');
    expect((await open()).map(({ task }) => task)).toEqual([4]);
  });

  it('finds what is open, worded as it is asked now, with the times it was first asked with', async () => {
    const times = { due: '2026-03-01T12:00:00Z', reminder: '2026-03-01T10:00:00Z' };
    await open([{ ...todo, ...times }]);
    const [found] = await open([{ ...todo, title: 'Install it', due: '2026-04-01T12:00:00Z' }], 'Production', 'run-2');
    expect(found).toMatchObject({
      task: 1,
      title: 'Install it',
      times,
      workflow: 'w of run-2',
      state: { kind: 'open' },
    });
    expect(found).toMatchObject({ reason: 'EXEC-01: servers first', instructions: ['Run the installer'] });
    expect(await eventsOf(found)).toEqual(['task opened']);
  });

  it('finds what was answered, as it was asked then', async () => {
    await open();
    await answer(1, 'run-1/1', ended);
    const [found] = await open([{ ...todo, title: 'Install it' }], 'Production', 'run-2');
    expect(found).toMatchObject({
      task: 1,
      title: todo.title,
      workflow: 'w of run-2',
      state: { ...result, at: expect.any(String) },
    });
    expect(await allTasks(store)).toHaveLength(1);
  });

  it('opens one of each, however many processes ask for the same at once', async () => {
    await Promise.all(Array.from({ length: 4 }, (_, index) => opensElsewhere(`run-${index}`)));
    const all = await allTasks(store);
    expect(all.map(({ task, subject }) => `${task} ${subject}`)).toEqual(['1 fe-1', '2 fe-2']);
    expect(await eventsOf(all[0])).toEqual(['task opened']);
  });
});

describe('an answer', () => {
  it('is taken and kept in one transaction, and the same attempt finds it again', async () => {
    await open();
    const taken = await answer(1, 'run-1/1', ended);
    const repeated = await answer(1, 'run-1/1', () => ({ kind: 'refused', reason: 'it is done' }));
    expect([taken, repeated].map(({ refusal, task }) => [refusal, task?.state.kind, task?.revision])).toEqual([
      [null, 'done', 2],
      [null, 'done', 2],
    ]);
    expect(await eventsOf(await taskNumbered(store, 1))).toEqual(['task opened', 'completeTask']);
  });

  it('that is refused changes nothing, is evidence, and tells how the task stands', async () => {
    await open();
    expect(await answer(1, 'run-1/1', () => ({ kind: 'refused', reason: 'no reason' }))).toMatchObject({
      refusal: 'no reason',
      task: { state: { kind: 'open' }, revision: 1 },
    });
    expect(await eventsOf(await taskNumbered(store, 1))).toEqual(['task opened', 'completeTask: no reason']);
  });

  it('is one of the upgrade and the environment whose the task is', async () => {
    await open([todo], 'Testing');
    const seen: unknown[] = [];
    const answered = await answer(1, 'run-1/1', (task) => {
      seen.push(task);
      return { kind: 'refused', reason: 'unknown' };
    });
    expect({ seen, answered }).toEqual({ seen: [null], answered: { refusal: 'unknown', task: null } });
  });

  it('that opens a task again leaves the first one in its history', async () => {
    await open();
    await answer(1, 'run-1/1', ended);
    await answer(1, 'run-1/2', again, 'reopenTask');
    const [found] = await open();
    expect(found).toMatchObject({ state: { kind: 'open' }, revision: 3 });
    expect(await eventsOf(found)).toEqual(['task opened', 'completeTask', 'reopenTask']);
  });

  it('is told whether the upgrade has ended', async () => {
    await open();
    await answer(1, 'run-1/1', ended);
    await endUpgradeRecord(store, upgrade, 'upgraded');
    const told: boolean[] = [];
    await answer(1, 'run-1/2', (_, upgradeEnded) => {
      told.push(upgradeEnded);
      return { kind: 'refused', reason: 'too late' };
    });
    expect(told).toEqual([true]);
  });

  it('of two at once counts once', async () => {
    await open();
    const first = (task: RecordedTask | null): TaskDecision =>
      task?.state.kind === 'open' ? ended() : { kind: 'refused', reason: 'it is done' };
    const both = await Promise.all([answer(1, 'run-1/1', first), answer(1, 'run-1/2', first)]);
    expect(both.map(({ refusal }) => refusal).sort()).toEqual([null, 'it is done'].sort());
  });
});

describe('the moments of a task', () => {
  const noon = Date.parse('2026-03-01T12:00:00Z');
  const timed = {
    ...todo,
    reminder: '2026-03-01T12:00:00Z',
    escalation: { at: '2026-03-01T14:00:00+01:00', to: ['otto'] },
  };

  it('are recorded once each when they have come, and never for a task that has ended', async () => {
    await open([timed, { ...timed, subject: 'fe-2' }]);
    await answer(2, 'run-1/1', ended);
    const looks = [noon - 1, noon, noon + 1, noon + 3_600_000, noon + 9_000_000];
    const seen: string[] = [];
    for (const now of looks) {
      for (const { task, reminded, escalated, revision } of await lookAtTasks(store, [2, 1], now))
        seen.push(`${task} ${reminded} ${escalated} ${revision}`);
    }
    expect(seen.filter((line) => line.startsWith('1'))).toEqual([
      '1 false false 1',
      ...['1 true false 2', '1 true false 2'],
      ...['1 true true 3', '1 true true 3'],
    ]);
    expect(new Set(seen.filter((line) => line.startsWith('2')))).toEqual(new Set(['2 false false 2']));
    expect(await eventsOf(await taskNumbered(store, 1))).toEqual(['task opened', 'task reminder', 'task escalated']);
    expect(await lookAtTasks(store, [], noon)).toEqual([]);
  });
});

describe('withdrawing tasks', () => {
  it('of an environment takes the open ones of all upgrades of its infrastructure, with who and why', async () => {
    await open([todo, other]);
    await open([todo], 'Testing');
    await answer(2, 'run-1/1', ended);
    const withdrawn = await withdrawTasksOf(
      store,
      { infrastructure: 'acme', environment: 'Production' },
      { by: 'otto', reason: 'rolled back' },
    );
    expect(withdrawn).toMatchObject([{ task: 1, state: { kind: 'withdrawn', by: 'otto', reason: 'rolled back' } }]);
    expect((await allTasks(store)).map(({ state }) => state.kind)).toEqual(['withdrawn', 'done', 'open']);
    const none = await withdrawTasksOf(
      store,
      { infrastructure: 'beta', environment: 'Testing' },
      { by: 'otto', reason: 'another' },
    );
    expect(none).toEqual([]);
  });

  it('lets who goes on with the upgrade ask anew, with other times', async () => {
    await open([{ ...todo, reminder: '2026-03-01T12:00:00Z' }]);
    await lookAtTasks(store, [1], Date.parse('2026-03-02T12:00:00Z'));
    const of = { infrastructure: 'acme', environment: 'Production' };
    await withdrawTasksOf(store, of, { by: 'otto', reason: 'taken over' });
    const [found] = await open([{ ...todo, due: '2026-04-01T12:00:00Z' }]);
    expect(found).toMatchObject({
      task: 1,
      state: { kind: 'open' },
      reminded: false,
      times: { due: '2026-04-01T12:00:00Z' },
    });
    expect(await eventsOf(found)).toEqual(['task opened', 'task reminder', 'task withdrawn', 'task opened']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is rejected', () => endUpgradeRecord(store, upgrade, 'rejected')],
    ['is rolled back', () => endUpgradesOf(store, { infrastructure: 'acme', environment: 'Production' })],
    ['is superseded by another plan', () => numbered('acme', 'run-2')],
  ])('happens to what is open when the upgrade %s', async (_, end) => {
    await open([todo, other]);
    await answer(2, 'run-1/1', ended);
    await end();
    expect((await allTasks(store)).map(({ state }) => state.kind)).toEqual(['withdrawn', 'done']);
    const first = await taskNumbered(store, 1);
    expect(first?.state).toMatchObject({ by: 'the end of acme#1' });
    expect(await eventsOf(first)).toEqual(['task opened', 'task withdrawn']);
  });
});

it('withdraws what is open of an environment when that was upgraded, and nothing of the others', async () => {
  await open([todo]);
  await open([todo], 'Testing');
  await endEnvironment(store, upgrade, 'Testing');
  expect((await allTasks(store)).map(({ state }) => state.kind)).toEqual(['open', 'withdrawn']);
});

/** In a process of its own, of the built program: asks for both tasks. */
async function opensElsewhere(run: string): Promise<void> {
  const module = (name: string) => JSON.stringify(new URL(`../../dist/store/${name}`, import.meta.url).href);
  const script = `
    const { openStore } = await import(${module('store.js')});
    const { openTasks } = await import(${module('tasks.js')});
    const store = openStore(${JSON.stringify(folder)});
    const owner = { upgrade: ${JSON.stringify(upgrade)}, environment: 'Production', workflow: 'w', run: ${JSON.stringify(run)} };
    await openTasks(store, owner, ${JSON.stringify([todo, other])});
    await store.destroy();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

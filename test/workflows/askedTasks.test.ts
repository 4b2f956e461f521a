/** What a run knows of its tasks, and how long it has worked while it waited for them. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TaskStanding, Todo } from '../../domain/tasks/task.js';
import { askedTasks, resultOf } from '../../workflows/parts/askedTasks.js';
import { stopwatch } from '../../workflows/parts/stopwatch.js';

const todo: Todo = {
  ...{ step: 'server', subject: 'fe-1', title: 'Install fe-1', reason: 'EXEC-01', instructions: [], asked: [] },
  evidence: [],
};
const at = '2026-03-01T12:00:00.000Z';
const done = { kind: 'done', at, by: 'ana', reason: null, evidence: {} } as const;

function standing(revision: number, state: TaskStanding['state']): TaskStanding {
  return { task: 12, revision, state, times: {}, reminded: false, escalated: false };
}

describe('what a run knows of a task', () => {
  it('is what was recorded last, in whichever order it comes', () => {
    const asked = askedTasks();
    asked.add(todo, standing(1, { kind: 'open' }), 'server');
    asked.learn([standing(3, { kind: 'open' })]);
    asked.learn([standing(2, done)]);
    expect(asked.get(12)).toMatchObject({ revision: 3, state: { kind: 'open' } });
    asked.learn([standing(4, done), { ...standing(9, done), task: 13 }]);
    asked.add(todo, standing(3, { kind: 'open' }), 'server');
    expect(asked.get(12)).toMatchObject({ revision: 4, state: done });
    expect(asked.get(13)).toBeUndefined();
  });

  it('stays as it is once a step that comes after the one that was told has begun', () => {
    const asked = askedTasks();
    asked.add(todo, standing(1, { kind: 'open' }), 'server');
    asked.tell([12]);
    asked.leave('tests');
    expect(asked.get(12)).toMatchObject({ told: false, left: false }); // it has not ended
    asked.learn([standing(2, done)]);
    asked.tell([12]);
    asked.leave('server');
    expect(asked.get(12)).toMatchObject({ told: true, left: false });
    asked.leave('tests');
    expect(asked.get(12)).toMatchObject({ left: true });
  });

  it('is told to the step as its result, unless nobody waits for it any more', () => {
    const asked = askedTasks();
    asked.add(todo, standing(2, done), 'server');
    expect(asked.some([12, 13]).map(resultOf)).toEqual([
      { kind: 'done', by: 'ana', reason: null, evidence: {}, task: 12 },
    ]);
    asked.learn([standing(3, { kind: 'withdrawn', at, by: 'otto', reason: 'rolled back' })]);
    expect(() => asked.some([12]).map(resultOf)).toThrow('Task 12 (Install fe-1) was withdrawn by otto');
  });
});

describe('time that is spent waiting', () => {
  beforeEach(() => vi.useFakeTimers({ now: 0, toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it('counts for no step, and once where several waits go on at a time', async () => {
    const watch = stopwatch('server');
    const ends: (() => void)[] = [];
    const wait = () => watch.holding(new Promise<void>((end) => ends.push(end)));
    vi.setSystemTime(100);
    const first = wait();
    vi.setSystemTime(300);
    const second = wait();
    vi.setSystemTime(1_000);
    ends[0]?.();
    await first;
    vi.setSystemTime(1_500);
    ends[1]?.();
    await second;
    vi.setSystemTime(1_600);
    watch.enter('tests');
    expect(watch.spent()).toEqual({ server: 200 });
  });
});

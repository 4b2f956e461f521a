/** Tasks: which can be asked, which answers count and what to send instead, and what a list of them says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutMessage } from '../../domain/gates/gate.js';
import { messages, type TaskCompletion } from '../../domain/messages/message.js';
import {
  checkCompletion,
  completionToSend,
  endedText,
  reopeningToSend,
  whyNotReopened,
  whyOfOtherRun,
} from '../../domain/tasks/completion.js';
import { byUrgency, countText, isOverdue, nextMoment, overviewOf, whoUntilWhen } from '../../domain/tasks/overview.js';
import { type Task, type TaskState, type Todo, todoProblem } from '../../domain/tasks/task.js';

const todo: Todo = {
  step: 'server',
  subject: 'fe-1',
  title: 'Install Platform Server on fe-1',
  reason: 'EXEC-01',
  instructions: ['Run the installer', 'Run Configuration Tool'],
  asked: ['ana'],
  evidence: [
    { name: 'finishedAt', description: 'when it ended', required: true, kind: 'moment' },
    { name: 'remark', description: 'what was seen', required: false, kind: 'text' },
  ],
};
const { step, subject, ...worded } = todo;
const open: Task = {
  ...{ ...worded, step, subject, task: 12, revision: 1, times: {} },
  ...{ reminded: false, escalated: false, state: { kind: 'open' } },
};
const at = '2026-03-01T22:30:00.000Z';
const done: TaskState = { kind: 'done', at, by: 'ana', reason: null, evidence: {} };
const withdrawn: TaskState = { kind: 'withdrawn', at, by: 'otto', reason: 'rolled back' };

const right: TaskCompletion = {
  ...{ task: 12, token: 't', outcome: 'done', by: 'ana' },
  evidence: { finishedAt: '2026-03-01T22:30:00Z' },
};

function problem(task: Task, message: TaskCompletion): string {
  const checked = checkCompletion(task, message, 't');
  return checked.ok ? 'taken' : checked.problem;
}

describe('a completion', () => {
  it.each<[string, Partial<TaskCompletion>]>([
    ['done', {}],
    [
      'done, with more than is needed',
      { evidence: { finishedAt: '2026-03-01T22:30:00Z', remark: 'slow' }, reason: 'ok' },
    ],
    [
      'not possible, with a reason and without evidence',
      { outcome: 'not possible', reason: 'no licence', evidence: {} },
    ],
    ['failed, with a reason', { outcome: 'failed', reason: 'the installer ended with 2' }],
  ])('that says %s counts', (_, changes) => {
    const message = { ...right, ...changes };
    expect(checkCompletion(open, message, 't')).toEqual({ ok: true, value: message.evidence });
  });

  it.each<[Partial<TaskCompletion>, RegExp]>([
    [
      { by: 'YOUR NAME' },
      /^It says nobody who did it \("by"\): send \{"task":12,"token":"t","outcome":"done","by":"YOUR/,
    ],
    [
      { outcome: 'failed' },
      /^A task that is failed needs a reason: send \{"task":12,.*"reason":"WHY","outcome":"failed"\}$/,
    ],
    [{ outcome: 'not possible', reason: ' why ' }, /^A task that is not possible needs a reason: send/],
    [
      { evidence: {} },
      /^The evidence "finishedAt" is missing: a moment with its zone, for example ".*": send \{"task":12/,
    ],
    [{ evidence: { finishedAt: 'now' } }, /^The evidence "finishedAt" is "now", and has to be a moment .*: send \{/],
    [{ outcome: 'failed', reason: 'it hangs', evidence: { finishedAt: 'now' } }, /^The evidence "finishedAt" is "now"/],
    [
      { reason: '語'.repeat(2_700) },
      /^Evidence and reason have 8,1\d\d bytes as JSON, 8,000 are the most; .*: send \{/,
    ],
  ])('%j does not count, and is told what to send', (changes, refusal) => {
    expect(problem(open, { ...right, ...changes })).toMatch(refusal);
    expect(withoutMessage(problem(open, { ...right, ...changes }))).not.toContain('"token"');
  });

  it.each<[TaskState, string]>([
    [done, `was done by ana at ${at}`],
    [{ ...done, kind: 'failed', reason: 'no disk' }, `failed, as ana said at ${at} (no disk)`],
    [{ ...done, kind: 'not possible', reason: 'no key' }, `was not possible, as ana said at ${at} (no key)`],
    [withdrawn, `was withdrawn by otto at ${at} (rolled back)`],
  ])('of a task that has ended ($kind) does not count, and is told how it ended', (state, how) => {
    const said = `Task 12 (${todo.title}) ${how}: nothing is left to send`;
    expect(problem({ ...open, state }, right)).toBe(said);
    expect(state.kind === 'open' ? '' : endedText(state)).toBe(how);
  });

  it('of another run is told what to send to this one', () => {
    const send = completionToSend(open, 'new');
    expect(whyOfOtherRun(right, send, 't')).toBeUndefined();
    expect(whyOfOtherRun(right, send, 'new')).toBe(
      `The token "t" belongs to another run: send ${JSON.stringify(send)}`,
    );
  });

  it('is sent by a template that is refused as it stands, and taken once it is filled in', () => {
    const template = completionToSend(open, 't');
    const sent = messages.completeTask.check(template);
    expect(sent.ok && problem(open, sent.value)).toMatch(/nobody who did it/);
    expect(sent.ok && problem(open, { ...sent.value, by: 'ana' })).toMatch(/"finishedAt" is "MOMENT WITH ZONE"/);
    expect(problem(open, { ...(template as TaskCompletion), by: 'ana', evidence: right.evidence ?? {} })).toBe('taken');
    expect(completionToSend({ ...open, evidence: [] }, 't')).not.toHaveProperty('evidence');
  });
});

describe('a reopening', () => {
  const reopening = { task: 12, token: 't', by: 'ana', reason: 'fe-1 was restored' };

  it('counts for a task that was answered, whatever the answer', () => {
    for (const kind of ['done', 'not possible', 'failed'] as const) {
      expect(whyNotReopened({ ...open, state: { ...done, kind } }, reopening, 't')).toBeUndefined();
    }
  });

  it.each<[TaskState, object, RegExp]>([
    [{ kind: 'open' }, {}, /^Task 12 \(.*\) is open: nothing is left to send$/],
    [withdrawn, {}, /^Task 12 \(.*\) was withdrawn by otto \(rolled back\): nobody waits for it$/],
    [done, { by: 'your name' }, /^It says nobody who wants it \("by"\): send \{"task":12,"token":"t","by":"YOUR NAME"/],
    [done, { reason: 'WHY' }, /^It says no reason: send \{"task":12/],
  ])('of a task that is $kind, with %j, does not count', (state, changes, refusal) => {
    expect(whyNotReopened({ ...open, state }, { ...reopening, ...changes }, 't')).toMatch(refusal);
  });

  it('is sent by a template that passes its form', () => {
    expect(messages.reopenTask.check(reopeningToSend(open, 't')).ok).toBe(true);
  });
});

describe('what can be asked', () => {
  it('is a task with a step and a title', () => {
    expect(todoProblem(todo)).toBeUndefined();
    expect(todoProblem({ ...todo, subject: '', asked: [], instructions: ['one\n\ttwo'] })).toBeUndefined();
  });

  it.each<[Partial<Todo>, string]>([
    [{ title: ' ' }, 'It has no step or no title'],
    [{ step: '' }, 'It has no step or no title'],
    [{ title: 'x'.repeat(201) }, 'Its title has 201 characters, 200 are the most'],
    [{ subject: 'a\nb' }, 'Its subject has a character that no line shows (U+000A)'],
    [{ instructions: ['one', 'two\u001b'] }, 'Its instruction 2 has a character that no line shows (U+001B)'],
    [{ asked: ['\u202eana'] }, 'Its name has a character that no line shows (U+202E)'],
    [{ due: 'tomorrow' }, '"tomorrow" is no moment with its zone'],
    [{ escalation: { at: '2026-03-01', to: ['otto'] } }, '"2026-03-01" is no moment with its zone'],
    [{ instructions: Array.from({ length: 9 }, () => 'x'.repeat(1_000)) }, 'bytes as JSON, 8,000 are the most'],
    [
      { evidence: [{ name: 'a b', description: '', required: true, kind: 'text' }] },
      'Its evidence "a b" is "a b", and',
    ],
  ])('is not %j', (changes, said) => {
    expect(todoProblem({ ...todo, ...changes })).toContain(said);
  });
});

const noon = Date.parse('2026-03-01T12:00:00Z');
const hours = (count: number) => new Date(noon + count * 3_600_000).toISOString();

describe('a list of tasks', () => {
  const tasks: readonly Task[] = [
    { ...open, task: 1, state: done, times: { due: hours(-9) } },
    { ...open, task: 2 },
    { ...open, task: 3, times: { due: hours(2) } },
    { ...open, task: 4, times: { due: hours(-1) } },
    { ...open, task: 5, times: { due: hours(1) } },
    { ...open, task: 6, times: { due: hours(-2) } },
  ];

  it('counts what is open and overdue, and names the three most urgent', () => {
    const overview = overviewOf(tasks, noon);
    expect({ ...overview, urgent: overview.urgent.map(({ task }) => task) }).toEqual({
      open: 5,
      overdue: 2,
      urgent: [6, 4, 5],
    });
    expect(countText(overview)).toBe('5 tasks, 2 of them overdue');
    expect(countText({ open: 1, overdue: 1 })).toBe('1 task, overdue');
    expect(countText({ open: 1, overdue: 0 })).toBe('1 task');
  });

  it('is overdue from the moment on that it is due', () => {
    const due = { times: { due: hours(0) }, state: open.state };
    expect([isOverdue(due, noon - 1), isOverdue(due, noon), isOverdue({ ...due, state: done }, noon)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('says who is asked, until when, and who has to know', () => {
    expect(whoUntilWhen({ ...open, asked: [] }, noon)).toBe('anybody');
    const late = { ...open, times: { due: hours(-1), escalation: { at: hours(0), to: ['otto'] } } };
    expect(whoUntilWhen(late, noon)).toBe(`ana, until ${hours(-1)}, overdue`);
    expect(whoUntilWhen({ ...late, escalated: true }, noon)).toBe(
      `ana, until ${hours(-1)}, overdue, escalated to otto`,
    );
  });

  it('has its next moment in what is still to come, or was not recorded yet', () => {
    const times = { due: hours(3), reminder: hours(1), escalation: { at: hours(4), to: ['otto'] } };
    const next = (task: Task) => nextMoment([open, task], noon + 2 * 3_600_000);
    expect(next({ ...open, times })).toBe(Date.parse(hours(1)));
    expect(next({ ...open, times, reminded: true })).toBe(Date.parse(hours(3)));
    expect(nextMoment([{ ...open, times, reminded: true }], noon + 3 * 3_600_000)).toBe(Date.parse(hours(4)));
    expect(next({ ...open, times: {}, reminded: true, escalated: true })).toBeUndefined();
  });

  it('has an order in which nothing that is due earlier comes later, and loses nothing', () => {
    const due = fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(due), (moments) => {
        const all = moments.map((moment, index) => ({
          ...{ ...open, task: index + 1 },
          times: moment === undefined ? {} : { due: hours(moment) },
        }));
        const sorted = byUrgency(all);
        expect(sorted.toSorted((left, right) => left.task - right.task)).toEqual(all);
        for (const [index, later] of sorted.slice(1).entries()) {
          const [first, second] = [sorted[index]?.times.due, later.times.due];
          expect(second === undefined || (first !== undefined && first <= second)).toBe(true);
        }
      }),
    );
  });
});

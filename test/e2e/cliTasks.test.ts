/** Tasks on the command line: what waits for whom, all of one task, and answers to the run that asked. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EvidenceField } from '../../domain/tasks/evidenceField.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import { startTaskWorld, type TaskWorld, todo, workflowId } from '../workflows/taskWorld.js';
import { startTemporal, type Temporal } from '../workflows/temporal.js';
import { type Ran, uplift } from './cliTerminal.js';
import { world } from './cliWorld.js';
import { until } from './until.js';

let temporal: Temporal;

beforeAll(async () => {
  temporal = await startTemporal();
});

afterAll(() => temporal.close());

interface Tasks extends TaskWorld {
  readonly cli: (...words: readonly string[]) => Promise<Ran>;
}

const named = { description: 'as it was', required: true } as const;
const fields: readonly EvidenceField[] = [
  { ...named, name: 'finishedAt', kind: 'moment' },
  { ...named, name: 'modules', kind: 'number', whole: true },
  { ...named, name: 'log', kind: 'file' },
  { ...named, name: 'restarted', kind: 'choice', choices: ['yes', 'no'] },
  { ...named, name: 'remark', kind: 'text', required: false },
];
const full = { ...todo, evidence: fields, due: '2026-03-01T12:00:00Z' };
const other = { ...todo, subject: 'fe-2', title: 'Install Platform Server on fe-2', asked: [], evidence: [] };

/** A data folder and a run on it whose step server asks for these. */
async function asking(
  todos: readonly (typeof full | typeof other)[],
  ...later: Parameters<TaskWorld['start']>[0]
): Promise<Tasks> {
  const { data } = await world(temporal.address);
  const tasks = await startTaskWorld(temporal, data);
  onTestFinished(async () => {
    await temporal.client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => undefined); // it has ended by itself
    await tasks.close();
  });
  await tasks.start([{ name: 'server', todos }, ...later]);
  await tasks.open(todos.length);
  return { ...tasks, cli: (...words) => uplift(...words, '--data', data) };
}

describe('uplift tasks', () => {
  it('lists what waits for whom, tasks that are due first; with --all those that were answered too', async () => {
    const { cli } = await asking([other, full]);
    const { out, exit } = await cli('tasks');
    expect(exit).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      ' | of | what | waits for | next',
      'task 2 | Development | Install Platform Server on fe-1 | ana, until 2026-03-01T12:00:00Z, overdue | uplift task 2',
      'task 1 | Development | Install Platform Server on fe-2 | anybody | uplift task 1',
    ]);
    await cli('complete', '1', '--as', 'otto');
    expect((await cli('tasks')).out).not.toContain('fe-2');
    expect((await cli('tasks', '--all')).out).toMatch(/task 1 .* was done by otto at /);
    expect((await cli('tasks', 'Development', '--json')).json()).toMatchObject([
      {
        ...{ kind: 'task', task: 2, title: full.title, upgrade: 'acme#1', environment: 'Development', overdue: true },
        ...{ asked: ['ana'], times: { due: full.due }, state: { kind: 'open' }, workflow: workflowId },
      },
    ]);
  });

  it('lists gates before tasks, with the command that answers them', async () => {
    const { cli, see } = await asking([other], { name: 'tests', todos: [], gate: 'tests' });
    await cli('complete', '1', '--as', 'ana');
    await until('the gate', async () => (await see()).gate);
    const { out } = await cli('tasks');
    expect(out).toMatch(/gate +Development +tests +1 approval +uplift approve Development --gate tests --as NAME/);
    expect((await cli('tasks', '--json')).json()).toMatchObject([
      { kind: 'gate', environment: 'Development', name: 'tests', approvalsMissing: 1, workflowId },
    ]);
  });
});

describe('uplift task', () => {
  it('shows what to do, what to tell, what to type and what happened', async () => {
    const { cli } = await asking([full]);
    const { out } = await cli('task', '1');
    for (const part of [
      'task 1  Install Platform Server on fe-1',
      /state +open, overdue/,
      /of +acme#1, Development, step server, fe-1/,
      'TO DO\n  1. Run the installer\n  2. Run Configuration Tool',
      /finishedAt +a moment with its zone +as it was/,
      /remark +a text, can be left out/,
      "uplift complete 1 --as NAME --set finishedAt=MOMENT modules=NUMBER log=@FILE 'restarted=yes|no'",
      /HISTORY\n {2}\d{4}-.* UTC +task opened +asked: ana/,
    ]) {
      expect(out).toMatch(part);
    }
    const { history, ...document } = (await cli('task', '1', '--json')).json() as { history: unknown };
    expect(document).toMatchObject({ task: 1, environment: 'Development', reason: 'EXEC-01', overdue: true });
    expect(history).toMatchObject([{ name: 'task opened', payload: { task: 1, title: full.title }, refusal: null }]);
  });

  it.each(['99', 'server', '0', '1.5'])('TASK_UNKNOWN, exit code 2, for %s', async (number) => {
    const { cli } = await asking([other]);
    const ran = await cli('task', number, '--json');
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({
      exit: 2,
      document: { error: { code: 'TASK_UNKNOWN', message: `There is no task ${number}`, next: expect.any(String) } },
    });
  });
});

describe('uplift complete', () => {
  it('sends each value as its kind, a file by name, size and SHA-256, and waits for the answer', async () => {
    const { cli, tasks } = await asking([full], { name: 'tests', todos: [other] });
    const log = path.join(temporaryFolder(), 'install.log');
    writeFileSync(log, 'all is well\n');
    const set = [
      '--set',
      'finishedAt=2026-03-01T22:30:00+01:00',
      'modules=120',
      `log=@${log}`,
      '--set',
      'restarted=no',
    ];
    const ran = await cli('complete', '1', '--as', 'ana', ...set, '--set', 'remark=it = well', '--json');
    const evidence = {
      ...{ finishedAt: '2026-03-01T22:30:00+01:00', modules: 120, restarted: 'no', remark: 'it = well' },
      log: { name: 'install.log', size: 12, sha256: createHash('sha256').update('all is well\n').digest('hex') },
    };
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({
      exit: 0,
      document: { message: 'completeTask', task: 1, workflowId, outcome: 'done', by: 'ana', evidence },
    });
    const [task] = await tasks();
    expect(task?.state).toMatchObject({ kind: 'done', by: 'ana', evidence });
    const { out } = await cli('task', '1');
    expect(out).toContain(`log         install.log, 12 bytes, SHA-256 ${evidence.log.sha256}`);
    expect(out).toMatch(/completeTask +done, by ana/);
  });

  it('says what is wrong and the command to type, without JSON; nothing changes', async () => {
    const { cli, tasks } = await asking([full]);
    const set = ['--set', 'finishedAt=yesterday', 'modules=some', 'restarted=no'];
    const ran = await cli('complete', '1', '--as', 'ana', ...set);
    expect(ran).toMatchObject({ exit: 3, out: '' });
    expect(ran.err).toContain('The evidence "finishedAt" is "yesterday", and has to be a moment with its zone');
    expect(ran.err).toContain('next: uplift complete 1 --as NAME --set finishedAt=MOMENT modules=NUMBER log=@FILE');
    expect(ran.err).not.toContain('"token"');
    const misspelt = await cli('complete', '1', '--as', 'ana', '--set', 'module=1');
    expect(misspelt.err).toContain('The evidence "module" is not asked for (perhaps "modules" is meant)');
    expect((await cli('complete', '1', '--as', 'ana', '--outcome', 'failed')).err).toContain(
      'A task that is failed needs a reason',
    );
    expect((await tasks())[0]?.state.kind).toBe('open');
  });

  it.each<[readonly string[], string]>([
    [['--set', 'finishedAt'], '--set finishedAt has no field and value'],
    [['--set', '=x'], '--set =x has no field and value'],
    [['--set', 'modules=1', '--set', 'modules=2'], '--set modules=2 is set twice'],
    [['--set', 'log=install.log'], 'log is a file'],
    [['--set', 'log=@/no/such/file'], '/no/such/file cannot be read: ENOENT'],
    [['--outcome', 'ok'], "'ok' is invalid"],
  ])('%j is refused before anything is sent, exit code 2', async (words, message) => {
    const { cli, history } = await asking([full]);
    const ran = await cli('complete', '1', '--as', 'ana', ...words);
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toContain(message);
    expect(await history(1)).toEqual(['task opened']);
  });

  it('of a task that is not possible gives the reason', async () => {
    const { cli, tasks } = await asking([full]);
    const ran = await cli('complete', '1', '--as', 'ana', '--outcome', 'not possible', '--reason', 'no licence');
    expect(ran).toMatchObject({ exit: 0, out: `task 1 (${full.title}): not possible, as ana said` });
    expect((await tasks())[0]?.state).toMatchObject({ kind: 'not possible', reason: 'no licence', evidence: {} });
  });

  it('NOTHING_WAITING once the run has ended: the task stays open for the one that goes on', async () => {
    const { cli, tasks } = await asking([other]);
    await temporal.client.workflow.getHandle(workflowId).terminate();
    const ran = await cli('complete', '1', '--as', 'ana', '--json');
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({
      exit: 3,
      document: { error: { code: 'NOTHING_WAITING', message: expect.stringContaining('that goes on with acme#1') } },
    });
    expect((await tasks())[0]?.state.kind).toBe('open');
  });
});

describe('uplift reopen', () => {
  it('opens an answered task again, with who and why', async () => {
    const { cli, history } = await asking([other, full]);
    await cli('complete', '1', '--as', 'ana');
    const ran = await cli('reopen', '1', '--as', 'otto', '--reason', 'fe-2 was restored', '--json');
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({
      exit: 0,
      document: { message: 'reopenTask', task: 1, workflowId, by: 'otto', reason: 'fe-2 was restored' },
    });
    expect(await history(1)).toEqual(['task opened', 'completeTask', 'reopenTask']);
    expect((await cli('task', '1')).out).toMatch(/reopenTask +by otto, fe-2 was restored/);
    expect(await cli('reopen', '1', '--as', 'otto', '--reason', 'again')).toMatchObject({
      exit: 3,
      err: expect.stringContaining('is open: nothing is left to send'),
    });
  });
});

it('uplift status shows open tasks with what to type', async () => {
  const { cli } = await asking([other, full]);
  const { out } = await cli('status');
  expect(out).toContain(
    [
      'Development: waits for 2 tasks, 1 of them overdue',
      `  task 2: ${full.title}: ana, until ${full.due}, overdue`,
      `  task 1: ${other.title}: anybody`,
      '  uplift task 2',
      '  uplift complete 2 --as NAME --set finishedAt=MOMENT modules=NUMBER log=@FILE',
    ].join('\n'),
  );
  expect((await cli('status', '--json')).json()).toMatchObject({
    next: [],
    environments: [{ runs: [{ status: { tasks: { open: 2, overdue: 1, token: expect.any(String) } } }] }],
  });
});

it('uplift upgrade --no-wait ends with exit code 6 and names the tasks that people have to do', async () => {
  const { cli } = await asking([full]);
  const ran = await cli('upgrade', '--to', '11.41.0', '--no-wait');
  expect(ran).toMatchObject({ exit: 6, out: expect.stringContaining('goes on when people have done 1 task, overdue') });
  expect((await cli('upgrade', '--to', '11.41.0', '--no-wait', '--json')).json()).toMatchObject({
    ...{ outcome: 'waiting', workflowId, attached: true, gate: null, paused: null },
    tasks: { open: 1, urgent: [{ task: 1 }] },
  });
});

it('uplift report has what happened to tasks among the messages', async () => {
  const { cli } = await asking([other, full]);
  await cli('complete', '1', '--as', 'ana');
  const { out } = await cli('report', '1');
  expect(out).toMatch(/Development +task opened 1 +nobody named/);
  expect(out).toMatch(/Development +completeTask 1 done +ana/);
});

/** Commands whose worker, runner or host dies, which two ask for at once, and whose environment is taken over. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostCommands } from '../../platform/commands/hostCommands.js';
import { readAttempt, type StartRecord } from '../../platform/commands/journal.js';
import { startRunner } from '../../platform/commands/runnerProcess.js';
import { startedBy } from '../../platform/commands/started.js';
import { sendSignal, startTimeOf } from '../../platform/processes/systemProcesses.js';
import type { CommandRequest } from '../../port/commands.js';
import { until } from '../e2e/until.js';
import {
  type CommandHost,
  commandHost,
  letGo,
  pidsIn,
  place,
  quick,
  request,
  run,
  untilLetGo,
  untilLines,
  waiting,
} from './commandHost.js';
import { makeDisk, noPowerCut } from './powerCut.js';
import { temporaryFolder } from './tinyFactory.js';

/** Writes its process id, then waits until it is let go. */
const slow = `echo $$ >> pids; ${untilLetGo}; echo ended >> ends`;

describe('a command outlives', () => {
  it('the worker that has started it, which is killed; the next one is told how it ended', async () => {
    const host = await commandHost({ install: slow });
    const asking = request(['install']);
    const worker = await workerOf(host, asking);
    await pidsIn(host, 'pids');
    await worker.kill();
    letGo(host);
    await untilLines(host, 'ends');
    await until('the end in the journal', () => fs.existsSync(path.join(host.attemptFolder(), 'end.json')));

    expect(await run(host, asking)).toMatchObject({ attempt: 1, outcome: 'done' });
    expect(host.lines('pids')).toHaveLength(1);
  });

  it('that worker while it goes on; the next one waits for it', async () => {
    const host = await commandHost({ install: slow });
    const asking = request(['install']);
    const worker = await workerOf(host, asking);
    await pidsIn(host, 'pids');
    await worker.kill();
    const attached = run(host, asking);
    letGo(host);

    expect(await attached).toMatchObject({ attempt: 1, outcome: 'done' });
    expect(host.lines('pids')).toHaveLength(1);
  });

  it('one that is killed between the record of its start and the start', async () => {
    const host = await commandHost({ install: slow });
    const asking = request(['install']);
    const worker = await workerOf(host, asking);
    // The record is there before the program is, and the worker dies with it.
    await until('the record of the start', async () => (await readAttempt(host.attemptFolder())).kind !== 'none');
    await worker.kill();
    letGo(host);

    expect(await run(host, asking)).toMatchObject({ attempt: 1, outcome: 'done' });
    expect(host.lines('pids')).toHaveLength(1);
  });

  it('a worker that stops to wait for it', async () => {
    const host = await commandHost({ install: slow });
    const stopping = new AbortController();
    const asking = request(['install']);
    const waits = host.commands.run(asking, waiting(stopping.signal)).catch((error: Error) => error.name);
    await pidsIn(host, 'pids');
    stopping.abort();
    expect(await waits).toBe('AbortError');
    letGo(host);
    expect(await run(host, asking)).toMatchObject({ attempt: 1, outcome: 'done' });
  });
});

describe('when the runner beside it is killed', () => {
  it('a command that goes on is waited for, and nobody knows how it ended', async () => {
    const host = await commandHost({ install: slow });
    const reported = run(host, request(['install']));
    const [pid = 0] = await pidsIn(host, 'pids');
    await killRunner(host);
    await until('it is seen', async () => (await readAttempt(host.attemptFolder())).kind === 'left behind');
    expect(await startTimeOf(pid)).toBeDefined();
    letGo(host);

    expect(await reported).toMatchObject({
      attempt: 1,
      outcome: 'unknown',
      exitCode: null,
      ended: null,
      remarks: [expect.stringMatching(/^It was begun, and nobody saw its end/)],
    });
    expect(host.lines('ends')).toEqual(['ended']);
    expect(await run(host, request(['install']))).toMatchObject({ attempt: 1, outcome: 'unknown' });
  });

  it('a command whose time is over is ended by whoever waits', async () => {
    const host = await commandHost({ install: 'echo $$ >> pids; sleep 600' });
    const reported = run(host, request(['install'], { command: { timeoutMinutes: 0.02 } }));
    const [pid = 0] = await pidsIn(host, 'pids');
    await killRunner(host);
    expect(await reported).toMatchObject({ outcome: 'unknown', ended: null });
    expect(await startTimeOf(pid)).toBeUndefined();
  });

  it('before the program is started, it is not started by anybody else before somebody says so', async () => {
    const host = await commandHost({ install: 'echo run >> runs' });
    const asking = request(['install']);
    writeStart(host);

    expect(await run(host, asking)).toMatchObject({ attempt: 1, outcome: 'unknown', ended: null });
    expect(host.lines('runs')).toEqual([]);

    expect(await run(host, request(['install'], { after: 1 }))).toMatchObject({ attempt: 2, outcome: 'done' });
    expect(host.lines('runs')).toEqual(['run']);
  });
});

describe('two workers of a host at once', () => {
  it('that ask for the same command start it once, and are told the same', async () => {
    const host = await commandHost({ install: 'echo run >> runs; sleep 0.2' });
    const asking = request(['install']);

    const workers = await Promise.all([workerOf(host, asking), workerOf(host, asking), workerOf(host, asking)]);
    const reports = await Promise.all(workers.map((worker) => worker.report()));

    expect(host.lines('runs')).toEqual(['run']);
    expect(JSON.parse(reports[0] ?? '')).toMatchObject({ attempt: 1, outcome: 'done' });
    expect(new Set(reports).size).toBe(1);
  });

  it('run the commands of different front ends side by side', async () => {
    const host = await commandHost({
      install: 'echo $UPLIFT_FRONT_END >> runs; while [ $(wc -l < runs) -lt 2 ]; do sleep 0.05; done',
    });
    const other = await hostCommands({ name: 'controller', file: host.file, state: host.state }, quick);
    const [one, two] = ['fe-1', 'fe-2'].map((frontEnd) =>
      request(['install'], { subject: frontEnd, values: { frontEnd } }),
    ) as [CommandRequest, CommandRequest];
    const reports = await Promise.all([host.commands.run(one, waiting()), other.run(two, waiting())]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect([...host.lines('runs')].sort()).toEqual(['fe-1', 'fe-2']);
  });
});

describe('a takeover', () => {
  const later = { infrastructure: 'acme', environment: 'Production', token: 9 };

  it('ends what goes on in the environment, whatever its step, and nothing of another environment', async () => {
    const host = await commandHost({ hang: `echo $$ >> $UPLIFT_ENVIRONMENT; ${untilLetGo}` });
    const steps = ['server', 'deployment'].map((step) => run(host, request(['hang'], { step })));
    const elsewhere = run(host, request(['hang'], { environment: 'Testing' }));
    const pids = await pidsIn(host, 'Production', 2);
    await pidsIn(host, 'Testing');

    const ended = await host.commands.takeOver(later);

    expect(ended.map(({ step, attempt }) => [step, attempt]).sort()).toEqual([
      ['deployment', 1],
      ['server', 1],
    ]);
    expect(await Promise.all(pids.map(startTimeOf))).toEqual([undefined, undefined]);
    expect((await Promise.all(steps)).map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
    letGo(host);
    expect(await elsewhere).toMatchObject({ outcome: 'done' });
  });

  it('lets nothing be started under an earlier token, whoever comes late', async () => {
    const host = await commandHost({ install: 'echo run >> runs' });
    await host.commands.takeOver(later);
    await expect(run(host, request(['install'], { token: 8 }))).rejects.toMatchObject({
      code: 'ENVIRONMENT_HELD',
      message: expect.stringContaining('Production was taken over'),
    });
    expect(host.lines('runs')).toEqual([]);
    expect(await run(host, request(['install'], { token: 9 }))).toMatchObject({ outcome: 'done' });
  });

  it('that comes after a request was looked at, and before its program is started, is seen by the runner', async () => {
    const host = await commandHost({ install: 'echo run >> runs' });
    await host.commands.takeOver(later);
    const folder = host.attemptFolder();
    const { askedBy } = request(['install']);

    await startRunner({
      folder,
      start: { place, attempt: 1, askedBy, token: 8, command: ['install'], timeoutMinutes: 5 },
      program: { path: path.join(host.folder, 'install'), arguments: [], workingFolder: host.folder, environment: {} },
      timeout: 300_000,
      settings: quick,
      tokensFolder: path.join(host.state, 'controller/acme/Production/tokens'),
    });

    const { end } = await until('its end', async () => {
      const attempt = await readAttempt(folder);
      return attempt.kind === 'ended' && attempt;
    });
    expect(end?.exit).toEqual({ kind: 'fenced' });
    expect(host.lines('runs')).toEqual([]);
  });
});

it('what the tenth attempt has started is nothing that the first has', async () => {
  const folder = path.join(temporaryFolder(), 'fe-1');
  const [first = 0, tenth = 0] = await Promise.all(
    ['1', '10'].map(async (attempt) => {
      const env = { ...process.env, UPLIFT_COMMAND: path.join(folder, attempt) };
      const child = spawn('sleep', ['600'], { env, stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      await once(child, 'spawn');
      return child.pid as number;
    }),
  );
  expect((await startedBy(path.join(folder, '1'))).map(({ pid }) => pid)).toEqual([first]);
  expect((await startedBy(path.join(folder, '10'))).map(({ pid }) => pid)).toEqual([tenth]);
});

const noCut = noPowerCut();

it.skipIf(noCut)(
  'a start is on the disk before the program is, and an end before anybody is told, whenever the power is cut',
  async () => {
    const disk = makeDisk();
    onTestFinished(() => disk.remove());
    const host = await commandHost({ install: `${slow}; echo 'uplift: {"counts":1}'` });
    const state = path.join(disk.folder, 'state');
    const commands = await hostCommands({ name: 'controller', file: host.file, state }, quick);
    const running = commands.run(request(['install']), waiting());
    await pidsIn(host, 'pids');
    const during = disk.cut();
    letGo(host);
    const { outcome } = await running;
    const after = disk.cut();

    const below = (folder: string) => path.join(folder, 'state', path.relative(host.state, host.attemptFolder()));
    await during.after(async (folder) => {
      expect(JSON.parse(fs.readFileSync(path.join(below(folder), 'start.json'), 'utf8'))).toMatchObject({
        attempt: 1,
        place,
      });
      expect(fs.existsSync(path.join(below(folder), 'end.json'))).toBe(false);
    });
    await after.after(async (folder) => {
      expect(outcome).toBe('done');
      expect(JSON.parse(fs.readFileSync(path.join(below(folder), 'end.json'), 'utf8'))).toMatchObject({
        exit: { kind: 'exited', code: 0 },
      });
      expect(fs.readFileSync(path.join(below(folder), 'output.txt'), 'utf8')).toBe('uplift: {"counts":1}\n');
    });
  },
);

interface Worker {
  readonly kill: () => Promise<void>;
  /** What it prints, once it has ended. */
  readonly report: () => Promise<string>;
}

/** A process of its own that asks for the command, as a worker does. */
async function workerOf({ file, state }: CommandHost, asking: CommandRequest): Promise<Worker> {
  const script = path.resolve('test/platform/commandWorker.mjs');
  const words = [script, JSON.stringify({ file, state, settings: quick, asking })];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed = text(child.stdout);
  const exit = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exit;
  };
  onTestFinished(kill);
  await once(child, 'spawn');
  return { kill, report: () => printed };
}

/** What a runner leaves that is gone before it has started the program: its process was one of an earlier boot. */
function writeStart(host: CommandHost): void {
  const now = new Date().toISOString();
  const start: StartRecord = {
    ...{ place, attempt: 1, askedBy: 'an earlier run', token: 5, command: ['install'], timeoutMinutes: 5 },
    ...{ started: now, deadline: now, runner: { pid: 1, startTime: 'an earlier boot' } },
  };
  fs.mkdirSync(host.attemptFolder(), { recursive: true });
  fs.writeFileSync(path.join(host.attemptFolder(), 'start.json'), JSON.stringify(start));
  fs.writeFileSync(path.join(host.attemptFolder(), 'output.txt'), '');
}

async function killRunner(host: CommandHost): Promise<void> {
  const start = JSON.parse(fs.readFileSync(path.join(host.attemptFolder(), 'start.json'), 'utf8')) as StartRecord;
  sendSignal(start.runner.pid, 'SIGKILL');
  await until('the end of the runner', async () => (await startTimeOf(start.runner.pid)) === undefined);
}

/** Commands of an upgrade, on the worker of their host: what follows from how they end, and what happens when somebody is away or dies. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessRow, ProcessTable } from '../../client/local/processSpec.js';
import { supervisor } from '../../client/local/supervisor.js';
import { hostWorkerSpec } from '../../client/local/workerSpecs.js';
import { startTimeOf } from '../../platform/processes/systemProcesses.js';
import type { HostRequest } from '../../workflows/parts/command.js';
import type { CommandProcess } from '../e2e/commandProcess.js';
import { freePort } from '../e2e/freePort.js';
import { patience, until } from '../e2e/until.js';
import { pidsIn } from '../platform/commandHost.js';
import { failureOf, type HostWorld, outputOf, startHostWorld } from './hostWorld.js';
import { detailsOf } from './temporal.js';

let world: HostWorld;

/** The files that scripts write carry the upgrade, for the host is one for all tests. */
beforeAll(async () => {
  world = await startHostWorld({
    install: 'echo "$@" >> "$UPLIFT_UPGRADE"; echo working; echo \'uplift: {"version":"11.41.0"}\'',
    restart: 'echo $UPLIFT_ATTEMPT >> "$UPLIFT_UPGRADE"; [ $UPLIFT_ATTEMPT -gt 1 ] || exit 1',
    fail: 'echo $UPLIFT_ATTEMPT >> "$UPLIFT_UPGRADE"; echo "disk full"; [ $UPLIFT_ATTEMPT -gt 1 ] || exit 2',
    crash: 'echo $UPLIFT_ATTEMPT >> "$UPLIFT_UPGRADE"; kill -SEGV $$',
    slow: `echo $$ >> "$UPLIFT_UPGRADE"; until [ -e "go $UPLIFT_UPGRADE" ]; do sleep 0.02; done`,
  });
});

afterAll(() => world.close());

describe('with its host there, a command', () => {
  let worker: CommandProcess;

  beforeAll(async () => {
    worker = await world.hostWorker();
  });
  afterAll(async () => {
    await worker.end('SIGTERM');
  });

  it('that is done gives its report, and is the one of the approved plan, whatever a later plan says', async () => {
    const request = await world.planned({ run: ['install', '{frontEnd}', '{release}'] });
    await world.planned({ run: ['install', 'another'] });

    const done = await (await world.run(request)).result();

    expect(done).toMatchObject({
      ...{ host: 'controller', command: 'install fe-1 11.41.0', outcome: 'done', exitCode: 0, attempt: 1 },
      ...{ result: { version: '11.41.0' }, takenAsDone: [], outputFile: outputOf(world, request) },
    });
    expect(world.host.lines(request.upgrade)).toEqual(['fe-1 11.41.0']);
  });

  it('of a plan that nobody has approved, or of another upgrade, is refused at the gate, and not run', async () => {
    const unapproved = await world.planned({ run: ['install'] }, 'not approved');
    const other = { ...(await world.planned({ run: ['install'] })), upgrade: 'acme#999' };
    for (const request of [unapproved, other]) {
      const run = await world.run(request);
      const { gate } = await world.people.findAtGate(run.workflowId, 'server');
      expect(gate?.asks[0]).toMatch(/^COMMAND_REFUSED: The plan [0-9a-f]+ is not approved for acme#/);
      expect(world.host.lines(request.upgrade)).toEqual([]);
      await run.terminate();
    }
  });

  it('that needs a reboot waits for people, who say that it is done, or have it run again', async () => {
    const request = await world.planned({ run: ['restart'], reboot: [1] });
    const run = await world.run(request);
    const { gate } = await world.people.findAtGate(run.workflowId, 'server');
    expect(gate?.asks).toEqual([
      'controller has to be rebooted, says restart',
      expect.stringMatching(/^Attempt 1, started .*\. It ended with exit code 1$/),
      expect.stringContaining('Its output is in /'),
      expect.stringMatching(/^Reboot controller, then send retry/),
    ]);
    await world.people.send(run.workflowId, 'retry', {});
    expect(await run.result()).toMatchObject({ attempt: 2, outcome: 'done', takenAsDone: [] });
    expect(world.host.lines(request.upgrade)).toEqual(['1', '2']);
  });

  it('that failed waits at the gate with its last words, is repaired and run again', async () => {
    const request = await world.planned({ run: ['fail'] });
    const run = await world.run(request);
    const { gate } = await world.people.findAtGate(run.workflowId, 'server');
    expect(gate?.asks[0]).toMatch(
      /^COMMAND_FAILED: fail on the host controller ended with exit code 2\. Its last words: disk full\. Next: read \/.*output\.txt on controller/,
    );
    await world.people.send(run.workflowId, 'retry', {});
    expect(await run.result()).toMatchObject({ attempt: 2, outcome: 'done' });
  });

  it('that failed ends the upgrade when people reject it; the next run tries it again', async () => {
    const request = await world.planned({ run: ['fail'] });
    const run = await world.run(request);
    const { gate } = await world.people.findAtGate(run.workflowId, 'server');
    await world.people.send(run.workflowId, 'reject', { ...gate?.approve, approver: 'otto', reason: 'no disk' });
    expect(await failureOf(run)).toMatchObject({ type: 'GATE_REJECTED' });
    expect(await (await world.run(request)).result()).toMatchObject({ attempt: 2, outcome: 'done' });
  });

  it('of which nobody knows how it went waits for people; what they take as done is done for the next run too', async () => {
    const request = await world.planned({ run: ['crash'] });
    const run = await world.run(request);
    const { gate } = await world.people.findAtGate(run.workflowId, 'server');
    expect(gate?.asks.slice(0, 2)).toEqual([
      'Nobody knows whether crash on the host controller is done',
      expect.stringMatching(/^Attempt 1, started .*\. It was ended by the signal SIGSEGV$/),
    ]);
    await world.people.approve(run.workflowId, 'server', 'ana', { reason: 'I looked' });
    expect(await run.result()).toMatchObject({ attempt: 1, outcome: 'unknown', takenAsDone: ['ana'] });
    expect(await (await world.run(request)).result()).toMatchObject({ attempt: 1, takenAsDone: ['ana'] });
    expect(world.host.lines(request.upgrade)).toEqual(['1']);
  });

  it('of which nobody knows how it went is repeated where that is safe, three times, then people are asked', async () => {
    const request = await world.planned({ run: ['crash'], again: 'safe' });
    const run = await world.run(request);
    const { gate } = await world.people.findAtGate(run.workflowId, 'server');
    expect(gate?.asks[1]).toMatch(/^Attempt 4/);
    expect(world.host.lines(request.upgrade)).toEqual(['1', '2', '3', '4']);
    await run.terminate();
  });

  it('is ended with its run, when that is cancelled', async () => {
    const request = await world.planned({ run: ['slow'] });
    const run = await world.run(request);
    const [pid = 0] = await pidsIn(world.host, request.upgrade);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect(await startTimeOf(pid)).toBeUndefined();
  });

  it('is ended by a takeover, after which nothing is started under an earlier token', async () => {
    const request = await world.planned({ run: ['slow'] });
    const run = await world.run(request);
    const [pid = 0] = await pidsIn(world.host, request.upgrade);

    const ended = await (await world.takeOver(50)).result();

    expect(ended).toEqual([expect.objectContaining({ upgrade: request.upgrade, step: 'server', subject: 'fe-1' })]);
    expect(await startTimeOf(pid)).toBeUndefined();
    await world.people.findAtGate(run.workflowId, 'server');
    await world.people.send(run.workflowId, 'retry', {});
    expect(await failureOf(run)).toMatchObject({ type: 'ENVIRONMENT_HELD' });
    expect(world.host.lines(request.upgrade)).toHaveLength(1);
  });
});

describe('a host that is away', () => {
  const later = { token: 50 }; // the environment was taken over
  let request: HostRequest;
  let run: Awaited<ReturnType<HostWorld['run']>>;
  let stopped: typeof run;

  beforeAll(async () => {
    request = { ...(await world.planned({ run: ['slow'] })), ...later };
    run = await world.run(request);
    stopped = await world.run({ ...(await world.planned({ run: ['slow'] })), ...later });
  });

  it('is waited for no longer when the upgrade is told to stop', async () => {
    await until('the host in the status', async () => (await world.people.see(stopped.workflowId)).awaits);
    await stopped.executeUpdate('stop', { args: [{ requestedBy: 'ana', reason: 'the night is over' }] });
    expect(await failureOf(stopped)).toMatchObject({ type: 'STOPPED', message: expect.stringContaining('by ana') });
  });

  it('is waited for, and the details say for whom, until it answers', async () => {
    const away = await until('the host in the details', async () => {
      const details = await detailsOf(run);
      return details.includes('does not answer') && details;
    });
    expect(away).toMatch(
      /^- waits for: the host controller: its worker does not answer since 20\d\d-\d\d-\d\dT[\d:.]+Z$/m,
    );

    const worker = await world.hostWorker();
    await until('its answer', async () => (await detailsOf(run)).includes('- waits for: nobody'));
    release(request);
    expect(await run.result()).toMatchObject({ outcome: 'done' });
    expect(await worker.end('SIGTERM')).toBe(0);
  });

  it('and is this machine has its worker supervised; its commands are none of the processes that a supervisor ends', async () => {
    const request = { ...(await world.planned({ run: ['slow'] })), ...later };
    const rows = new Map<string, ProcessRow>();
    const metricsPort = await freePort();
    const { dataFolder, installation, temporal, host } = world;
    const { address } = temporal;
    const place = { dataFolder, installation, address, namespace: 'default' };
    const spec = hostWorkerSpec(
      { ...place, temporal: { kind: 'running', address } },
      { host: 'controller', commandsFile: host.file, metricsPort },
    );
    const supervise = () =>
      supervisor({ dataFolder, table: tableOf(rows), wanted: async () => [spec], log: pino({ level: 'silent' }) });
    const run = await world.run(request);
    const first = supervise();
    await first.waitReady(['host controller'], patience.condition);
    const [pid = 0] = await pidsIn(host, request.upgrade);

    await first.stopAll();
    const second = supervise();
    await second.waitReady(['host controller'], patience.condition);
    expect(await startTimeOf(pid)).toBeDefined();

    release(request);
    expect(await run.result()).toMatchObject({ attempt: 1, outcome: 'done' });
    await second.stopAll();
    expect(rows.size).toBe(0);
  });

  it('because its worker was killed, is waited for, while its command ends; nothing is run twice', async () => {
    const request = { ...(await world.planned({ run: ['slow'] })), ...later };
    const worker = await world.hostWorker();
    const run = await world.run(request);
    await pidsIn(world.host, request.upgrade);

    await worker.end('SIGKILL');
    release(request);
    await until('the end in the journal', () =>
      existsSync(outputOf(world, request).replace(/output\.txt$/, 'end.json')),
    );
    await until('the host in the details', async () => (await detailsOf(run)).includes('does not answer since'));
    await world.hostWorker();

    expect(await run.result()).toMatchObject({ attempt: 1, outcome: 'done' });
    expect(world.host.lines(request.upgrade)).toHaveLength(1);
  });
});

function tableOf(rows: Map<string, ProcessRow>): ProcessTable {
  return {
    read: async () => [...rows.values()],
    write: async (row) => void rows.set(row.name, row),
    remove: async (name) => void rows.delete(name),
  };
}

/** Lets its script `slow` end. */
function release({ upgrade }: HostRequest): void {
  writeFileSync(path.join(world.host.folder, `go ${upgrade}`), '');
}

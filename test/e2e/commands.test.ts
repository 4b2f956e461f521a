/**
 * The command line against a running `uplift up`, whose environment is on the newer release already: what it shows, what it does,
 * what is refused and with which exit code.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockedText, producerNotPreparedText } from '../../domain/modules/publication.js';
import type { NightlySchedule } from '../../temporal/schedule.js';
import { newer, older, temporaryFolder } from '../platform/tinyFactory.js';
import { spawnUplift } from './commandProcess.js';
import { base, environment, infrastructure, screen, slowSource, writeSources, writeTinyFactory } from './factories.js';
import { freeFirstPort } from './freePort.js';
import { finalState, platformRows } from './state.js';
import { until } from './until.js';
import { startedBy, startUplift, type Uplift } from './uplift.js';

const factory = writeTinyFactory(newer, {
  base: { source: base('a text') },
  middle: { uses: ['base'], source: `import { text } from 'base';\nexport const middle = (): string => text;\n` },
  top: { uses: ['middle'], source: `import { middle } from 'middle';\nexport const top = (): string => middle();\n` },
  slow: { uses: ['base'], source: slowSource('s') },
  home: { uses: ['base'], source: screen('Home') },
  draft: { published: false },
});

let uplift: Uplift;

beforeAll(async () => {
  uplift = await startUplift(factory);
});

afterAll(async () => {
  await uplift.close();
});

describe('what it shows', () => {
  it('status tells everything, for people and for programs', async () => {
    const { exit, json } = await uplift.cli('status', '--json');
    expect(exit).toBe(0);
    expect(json()).toEqual({
      infrastructure,
      temporalUi: `http://127.0.0.1:${uplift.firstPort + 1000}`,
      upgrade: null,
      paused: null,
      last: null,
      next: ['uplift plan'],
      environments: [
        {
          name: environment,
          stage: 'development',
          serverRelease: newer,
          serviceCenterRelease: newer,
          systemComponentsRelease: newer,
          frontEnds: [expect.objectContaining({ name: 'fe-1' }), expect.objectContaining({ name: 'fe-2' })],
          hold: null,
          door: null,
          runs: [],
          preparation: null,
          deployment: null,
          known: { kind: 'observed' },
          modules: { prepared: 5, failed: 0, skipped: 0, pending: 0, preparing: 0, 'not applicable': 1, unknown: 0 },
          links: { applications: expect.any(String), serviceCenter: expect.any(String) },
        },
      ],
    });
    expect((await uplift.cli('status')).out).toContain('6 modules: 5 prepared, 1 not applicable');
  });

  it('modules gives every module with exactly the documented fields', async () => {
    const { json } = await uplift.cli('modules', environment, '--json');
    const modules = json() as Record<string, unknown>[];
    expect(modules.map(({ name }) => name)).toEqual(['base', 'draft', 'home', 'middle', 'slow', 'top']);
    expect(modules.find(({ name }) => name === 'home')).toEqual({
      name: 'home',
      application: 'tests',
      ownerTeam: null,
      known: { kind: 'observed' },
      version: '1.0.0',
      kind: 'library',
      state: 'prepared',
      release: newer,
      deployedRelease: newer,
      publishable: true,
      lock: null,
      cause: null,
      diagnostics: [],
    });
  });

  it('doctor finds nothing wrong', async () => {
    const { exit, json } = await uplift.cli('doctor', '--json');
    expect({ exit, wrong: (json() as { findings: { ok: boolean }[] }).findings.filter(({ ok }) => !ok) }).toEqual({
      exit: 0,
      wrong: [],
    });
  });
});

describe('publishing', () => {
  it('APPS-01 a source that does not compile is refused, and what ran goes on running', async () => {
    const folder = writeSources('export const top = (): string => 1;\n');
    const { exit, json } = await uplift.cli('publish', 'top', '--source', folder, '--as', 'ana', '--json');
    expect(exit).toBe(1);
    expect(json()).toMatchObject({
      error: { code: 'COMPILATION_FAILED', message: expect.stringMatching(/src\/index\.ts:1:\d+ TS2322/) },
    });
    expect(await moduleNow('top')).toMatchObject({ state: 'prepared', deployedRelease: newer });
  });

  it('APPS-01 other declarations make the consumers pending', async () => {
    const folder = writeSources(base('another text'));
    const { exit, json } = await uplift.cli('publish', 'base', '--source', folder, '--as', 'ana', '--json');
    expect({ exit, document: json() }).toMatchObject({
      exit: 0,
      document: { environment, module: 'base', release: newer, declarationsChanged: true, consumersPending: 3 },
    });
  });

  it('PREP-06 a consumer before its producer is refused, in the words of the platform', async () => {
    const { exit, json } = await uplift.cli('publish', 'top', '--as', 'ana', '--json');
    expect({ exit, document: json() }).toMatchObject({
      exit: 3,
      document: { error: { code: 'PRODUCER_NOT_PREPARED', message: producerNotPreparedText('middle') } },
    });
    expect((await uplift.cli('why', 'top')).out).toContain('cannot be published now: not prepared are middle');
  });

  it('PREP-05 a module that is being prepared is refused, naming who has it', async () => {
    expect(await uplift.cli('prepare', '--no-wait', '--requested-by', 'paul')).toMatchObject({ exit: 0 });
    const lock = await until('the lock of slow', async () => (await moduleNow('slow')).lock);
    const { exit, json } = await uplift.cli('publish', 'slow', '--as', 'ana', '--json');
    const { error } = json() as { error: { code: string; message: string } };
    const at = /at (\S+) can't/.exec(error.message)?.[1] ?? '';
    expect({ exit, ...error }).toMatchObject({
      exit: 3,
      code: 'MODULE_LOCKED',
      message: lockedText({ operation: '1-Click Publish', user: 'ana', at, module: 'slow', lock }),
    });
  });
});

describe('prepare and deploy', () => {
  it('PREP-12 attaches to the preparation that runs, then there is nothing left to do', async () => {
    const attached = await uplift.cli('prepare', '--json');
    expect({ exit: attached.exit, document: attached.json() }).toMatchObject({
      exit: 0,
      document: { outcome: 'ended', report: { status: 'finished', failed: 0, skipped: 0, left: 0 } },
    });
    expect(platformRows(uplift, "select id from preparations where requested_by = 'paul'")).toHaveLength(1);
  });

  it('DEP-02 Deploy All deploys what was prepared since, once', async () => {
    const first = await uplift.cli('deploy', '--json');
    expect({ exit: first.exit, document: first.json() }).toMatchObject({
      exit: 0,
      document: { outcome: 'ended', report: { deployed: expect.any(Number), failed: 0, fullyUpgraded: true } },
    });
    expect((first.json() as { report: { deployed: number } }).report.deployed).toBeGreaterThanOrEqual(3);
    const second = await uplift.cli('deploy', '--json');
    expect(second.json()).toMatchObject({ report: { deployed: 0, fullyUpgraded: true } });
  });

  it('DEP-01 the nightly one is shown, paused, resumed, and deploys what is pending when it runs', async () => {
    expect(await nightly()).toMatchObject({ at: '02:00', paused: true });
    expect(await nightly('--resume', '--reason', 'agreed')).toMatchObject({ paused: false, note: 'agreed' });
    expect(await nightly('--pause', '--reason', 'release day')).toMatchObject({ paused: true, note: 'release day' });
    expect(await uplift.cli('schedule', '--pause')).toMatchObject({ exit: 2 });
    await uplift.cli('publish', 'base', '--source', writeSources(base('a third text')), '--as', 'ana');

    const { exit, err, json } = await uplift.cli('schedule', '--now', '--json');
    const { night } = json() as { night: { workflowId: string; attached: boolean; report: unknown } };
    expect({ exit, err }).toMatchObject({
      exit: 0,
      err: expect.stringContaining(`a night started: ${night.workflowId}`),
    });
    const { report } = night;

    expect(report).toMatchObject({ kind: 'done', preparation: { left: 0 }, deployment: { fullyUpgraded: true } });
    expect((report as { deployment: { deployed: number } }).deployment.deployed).toBeGreaterThanOrEqual(3);
  });
});

describe('the pause of everything', () => {
  it('stops new effects until it is resumed', async () => {
    const count = () => platformRows(uplift, 'select id from preparations').length;
    const before = count();
    expect(await uplift.cli('pause', '--all', '--as', 'ana', '--reason', 'incident 4711')).toMatchObject({ exit: 0 });
    expect((await uplift.cli('status')).out).toMatch(/^everything is paused by ana since \S+ \S+ UTC: incident 4711/);
    expect(await uplift.cli('prepare', '--no-wait', '--json')).toMatchObject({ exit: 0 });
    const refused = await until('the refused start', async () => {
      const { raw } = await uplift.client.workflow.getHandle(`prepare/${infrastructure}/${environment}`).describe();
      return raw.pendingActivities?.[0]?.lastFailure?.message;
    });
    expect(refused).toMatch(
      /^Everything is paused since \S+: incident 4711\. Blocked by: ana\. Next: uplift resume --all/,
    );
    expect(count()).toBe(before);

    expect(await uplift.cli('resume', '--all', '--as', 'ana', '--reason', 'it is over')).toMatchObject({ exit: 0 });
    expect((await uplift.cli('status', '--json')).json()).toMatchObject({ paused: null });
    expect(await uplift.cli('prepare')).toMatchObject({ exit: 0 });
    expect(count()).toBe(before + 1);
  });
});

describe('what is wrong', () => {
  it.each<[number, string, readonly string[]]>([
    [2, 'ENVIRONMENT_UNKNOWN', ['upgrade', '--environment', 'Develoment', '--to', newer]],
    [2, 'VERSION_INVALID', ['upgrade', '--to', 'newest']],
    [2, 'RELEASE_UNKNOWN', ['upgrade', '--to', '11.40.0']],
    [3, 'VERSION_DOWNGRADE', ['upgrade', '--to', older]],
    [2, 'MODULE_UNKNOWN', ['publish', 'hme']],
    [3, 'NOTHING_WAITING', ['approve', '--as', 'ana']],
    [3, 'NOTHING_WAITING', ['pause', '--as', 'ana', '--reason', 'why']],
    [2, 'INPUT_INVALID', ['pause', environment, '--all', '--as', 'ana', '--reason', 'why']],
  ])('ends with %i and %s', async (exit, code, words) => {
    const ran = await uplift.cli(...words, '--json');
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({ exit, document: { error: { code } } });
  });

  it('a second uplift up on the same data folder names the first', async () => {
    const second = await spawnUplift(['up', '--data', uplift.dataFolder, '--port', '29000']);
    expect(await second.exited()).toBe(1);
    expect(second.output()).toContain('DATA_FOLDER_BUSY');
    expect(second.output()).toContain(`blocked by: uplift up, process ${uplift.pid}`);
    expect(await uplift.cli('status')).toMatchObject({ exit: 0 });
  });

  it.each([
    [0, 'temporal', /temporal server start-dev/],
    [2, `service-center ${environment}`, /frontEnd\/main\.js/],
  ])('a port that is taken is named with who has it, and nothing is left running', async (above, wants, holder) => {
    const dataFolder = temporaryFolder();
    const port = String(uplift.firstPort + above);
    const other = await spawnUplift(['up', '--data', dataFolder, '--factory', factory, '--port', port]);
    expect(await other.exited()).toBe(1);
    expect(other.output()).toMatch(new RegExp(`Port \\d+, on which ${wants} listens, is in use \\(PORT_IN_USE\\)`));
    expect(/blocked by: process \d+ \((.*)\)/.exec(other.output())?.[1]).toMatch(holder);
    expect(other.output()).not.toContain('modules published');
    expect(await startedBy(dataFolder)).toEqual([]);
  });
});

describe('uplift up', () => {
  it('that is interrupted while it starts leaves nothing running', async () => {
    const dataFolder = temporaryFolder();
    const port = String(await freeFirstPort());
    const starting = await spawnUplift(['up', '--data', dataFolder, '--factory', factory, '--port', port]);
    await until('the start', () => starting.output().includes('modules published'));
    expect(await starting.end('SIGTERM')).toBe(130);
    expect(starting.output()).toContain('Stopped before everything was up; nothing is left running (INTERRUPTED)');
    expect(await startedBy(dataFolder)).toEqual([]);
  });

  it('that is stopped ends well, and goes on where it was when it is started again', async () => {
    const before = { state: finalState(uplift), nightly: await nightly() };
    const evidence = await uplift.client.workflow.count();

    expect(await uplift.stop()).toBe(0);
    expect(await startedBy(uplift.dataFolder)).toEqual([]);
    expect(await uplift.cli('status')).toMatchObject({ exit: 1, err: expect.stringContaining('NOT_RUNNING') });
    await uplift.startAgain();

    expect({ state: finalState(uplift), nightly: await nightly() }).toEqual(before);
    expect(await uplift.client.workflow.count()).toEqual(evidence);
    expect(await uplift.cli('doctor')).toMatchObject({ exit: 0 });
  });
});

interface ModuleNow {
  readonly name: string;
  readonly lock: Parameters<typeof lockedText>[0]['lock'] | null;
}

async function moduleNow(name: string): Promise<ModuleNow> {
  const { json } = await uplift.cli('modules', '--json');
  return (json() as ModuleNow[]).find((module) => module.name === name) as ModuleNow;
}

async function nightly(...change: readonly string[]): Promise<NightlySchedule> {
  const ran = await uplift.cli('schedule', environment, ...change, '--json');
  expect(ran, ran.err).toMatchObject({ exit: 0 });
  return (ran.json() as { schedule: NightlySchedule }).schedule;
}

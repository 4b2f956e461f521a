/** Several who want the same of one environment at once: upgrades, preparations, the nightly Deploy All, and people who pause them. */
import { appendFileSync, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { taskQueueOf } from '../../contract/installation.js';
import type { PreparationReport } from '../../port/preparation.js';
import type { NightlySchedule } from '../../temporal/schedule.js';
import type { NightlyReport } from '../../workflows/nightlyDeployAll.js';
import type { EnvironmentReport } from '../../workflows/upgradeEnvironment.js';
import { newer, older } from '../platform/tinyFactory.js';
import { base, environment, infrastructure, screen, slowSource, writeSources, writeTinyFactory } from './factories.js';
import { platformRows } from './state.js';
import { until } from './until.js';
import { approve, statusOf, untilUpgraded, upgradeId } from './upgrading.js';
import { startUplift, type Uplift } from './uplift.js';

let uplift: Uplift;

/** On the newer release already: an upgrade to it has no server step, and goes on with the applications. */
beforeAll(async () => {
  uplift = await startUplift(
    writeTinyFactory(newer, {
      base: { source: base('a text') },
      slow: { uses: ['base'], source: slowSource('s') },
      slower: { uses: ['base', 'slow'], source: slowSource('t') },
      home: { uses: ['base'], source: screen('Home') },
    }),
  );
});

afterAll(async () => {
  await uplift.close();
});

const preparationId = ids.prepare(infrastructure, environment);

describe('an upgrade that runs already', () => {
  it('PREP-12 is attached to by another of the same target, and refuses one of another', async () => {
    await makePending('the first text');
    const first = await uplift.cli('upgrade', '--to', newer, '--requested-by', 'rita', '--no-wait', '--json');
    expect({ exit: first.exit, document: first.json() }).toMatchObject({
      exit: 6,
      document: { outcome: 'waiting', workflowId: upgradeId, attached: false, gate: { name: 'plan' } },
    });
    const second = await uplift.cli('upgrade', '--to', newer, '--requested-by', 'otto', '--no-wait', '--json');
    expect({ exit: second.exit, document: second.json() }).toMatchObject({
      exit: 6,
      document: { outcome: 'waiting', workflowId: upgradeId, attached: true, gate: { name: 'plan' } },
    });
    const other = await uplift.cli('upgrade', '--to', older, '--json');
    expect({ exit: other.exit, document: other.json() }).toMatchObject({
      exit: 3,
      document: {
        error: {
          code: 'OTHER_TARGET_RUNNING',
          message: expect.stringMatching(new RegExp(`is being upgraded to ${newer}, not to ${older}.*${upgradeId}`)),
        },
      },
    });
  });

  it('is answered at its gate only, once, and VER-10 goes on with the applications', async () => {
    expect(await uplift.cli('approve', '--gate', 'tests', '--as', 'ana')).toMatchObject({ exit: 3 });
    await approve(uplift, 'plan');
    const again = await uplift.cli('approve', '--as', 'ana', '--json');
    expect({ exit: again.exit, document: again.json() }).toMatchObject({
      exit: 3,
      document: { error: { code: 'NOTHING_WAITING' } },
    });
    await until('its preparation', async () => (await statusOf(uplift, preparationId)) !== undefined);
  });

  it('is paused with its preparation, and the nightly one is skipped meanwhile, saying why', async () => {
    await change('pause', 'front ends are slow');
    const paused = { by: 'ana', reason: 'front ends are slow' };
    expect(await statusOf(uplift)).toMatchObject({ step: 'preparation', paused });
    await until('the pause of its preparation', async () => (await statusOf(uplift, preparationId))?.paused);
    expect(await statusOf(uplift, preparationId)).toMatchObject({ paused });

    const report = await uplift.client.workflow
      .getHandle<() => Promise<NightlyReport>>(await triggerNightly())
      .result();
    expect(report).toEqual({
      kind: 'skipped',
      reason: expect.stringMatching(new RegExp(`^the upgrade ${upgradeId} to ${newer} has held ${environment} since`)),
    });
  });

  it('waits for people when its preparation is cancelled, and goes on with what is left when they say so', async () => {
    await uplift.client.workflow.getHandle(preparationId).cancel();
    const gate = await until('the gate', async () => (await statusOf(uplift))?.gate);
    expect(gate).toMatchObject({
      name: 'applications',
      asks: [expect.stringMatching(/^The preparation was cancelled/)],
    });
    await change('resume', 'they are well');
    expect(await uplift.cli('retry')).toMatchObject({ exit: 0 });
    await until('the end of the gate', async () => (await statusOf(uplift))?.gate === null);
    expect(await untilUpgraded(uplift)).toBe('COMPLETED');
    expect(await reportOfUpgrade()).toMatchObject({ outcome: 'upgraded', from: newer, to: newer });
  });
});

describe('a preparation', () => {
  it('PREP-12 is one, whoever starts it: alone, the nightly one and an upgrade at once', async () => {
    await makePending('the second text');
    const before = preparations();
    await uplift.client.workflow.signalWithStart('prepareModules', {
      workflowId: preparationId,
      taskQueue: taskQueueOf(uplift.run.installation),
      args: [{ infrastructure, environment, requestedBy: 'paul' }],
      signal: 'pause',
      signalArgs: [{ requestedBy: 'ana', reason: 'not yet' }],
    });
    const nightly = uplift.client.workflow.getHandle<() => Promise<NightlyReport>>(await triggerNightly());
    await joined(nightly.workflowId);
    await uplift.cli('upgrade', '--to', newer, '--no-wait');
    await approve(uplift, 'plan');
    await joined(upgradeId);
    expect(preparations()).toBe(before + 1);

    await uplift.cli('resume', '--run', 'prepare', '--as', 'ana', '--reason', 'now');

    const alone = await uplift.client.workflow.getHandle<() => Promise<PreparationReport>>(preparationId).result();
    expect(alone).toMatchObject({ status: 'finished', requestedBy: 'paul', failed: 0, left: 0 });
    expect(await nightly.result()).toEqual({
      kind: 'skipped',
      reason: expect.stringContaining(`the upgrade ${upgradeId}`),
    });
    expect(await untilUpgraded(uplift)).toBe('COMPLETED');
    expect(await reportOfUpgrade()).toMatchObject({ preparation: alone, deployment: { fullyUpgraded: true } });
    expect(preparations()).toBe(before + 1);
  });
});

it('a log that has become large is copied and emptied while its process goes on', async () => {
  const log = path.join(uplift.dataFolder, 'logs', 'worker.log');
  appendFileSync(log, `${'x'.repeat(11_000_000)}\n`);

  await until('the copy', () => existsSync(`${log}.1`));

  expect(statSync(`${log}.1`).size).toBeGreaterThan(11_000_000);
  expect(statSync(log).size).toBeLessThan(1_000_000);
});

/** Publishes other declarations of what all others consume. */
async function makePending(text: string): Promise<void> {
  const published = await uplift.cli('publish', 'base', '--source', writeSources(base(text)), '--as', 'ana');
  expect(published, published.err).toMatchObject({ exit: 0 });
}

async function change(message: 'pause' | 'resume', reason: string): Promise<void> {
  const changed = await uplift.cli(message, '--run', 'upgrade', '--as', 'ana', '--reason', reason);
  expect(changed, changed.err).toMatchObject({ exit: 0 });
}

/** The id of the run. */
async function triggerNightly(): Promise<string> {
  const recent = async (...words: readonly string[]) => {
    const { json } = await uplift.cli('schedule', ...words, '--json');
    return (json() as { schedule: NightlySchedule }).schedule.recentRuns;
  };
  const before = (await recent()).length;
  await recent('--now', '--no-wait');
  return until('the nightly run', async () => (await recent())[before]);
}

/** Until the run waits for one that somebody else has started. */
async function joined(workflowId: string): Promise<void> {
  await until(`${workflowId} joined the preparation`, async () => {
    const { raw } = await uplift.client.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitWorkflow');
  });
}

function preparations(): number {
  return platformRows(uplift, 'select id from preparations').length;
}

function reportOfUpgrade(): Promise<EnvironmentReport> {
  return uplift.client.workflow.getHandle<() => Promise<EnvironmentReport>>(upgradeId).result();
}

/**
 * Records the histories that replay.test.ts replays: every workflow in a real run, with approvals, a retry, a pause, a
 * cancellation, a go live and a rollback. Changes nothing unless it is asked to:
 *
 *   npm run build && UPLIFT_RECORD=1 npx vitest run test/replay/record.test.ts
 *
 * Takes a minute or two, and replaces every file of test/replay/histories. Folders in there stay: when a version is released, its
 * files are kept in one of its name, for its runs may be open for weeks.
 */
import { expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { RunStatus } from '../../workflows/messages.js';
import { base, infrastructure, screen, slowSource, writeSources, writeTinyFactory } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { startUplift, type Uplift } from '../e2e/uplift.js';
import { breaking, newer, older, repaired } from '../platform/tinyFactory.js';
import { removeHistories, writeHistory } from './histories.js';

const [development, production] = ['Development', 'Production'] as const;

const modules = {
  base: { source: base('a text') },
  start: { uses: ['base'], source: screen('Home') },
  slow: { uses: ['base'], source: slowSource('s') },
  loud: { source: breaking },
  below: { uses: ['loud'] },
};

it.runIf(process.env['UPLIFT_RECORD'] === '1')('records', async () => {
  removeHistories();
  const uplift = await startUplift(writeTinyFactory(older, modules, { production: {} }));
  try {
    const recorded = recorder(uplift);
    await command(uplift, 'plan', '--to', newer);
    await recorded('planInfrastructure', ids.plan(infrastructure));
    await upgradeAll(uplift, recorded);
    await prepareAgain(uplift, recorded);
    await command(uplift, 'rollback', production, '--as', 'ana', '--reason', 'payments are wrong');
    await recorded('rollback', ids.rollback(infrastructure, production));
    await command(uplift, 'publish-all', development);
    await recorded('publishAll', ids.publishAll(infrastructure, development));
  } finally {
    await uplift.close();
  }
});

type Recorder = (name: string, workflowId: string) => Promise<void>;

/** Saves the newest run of a workflow, which has ended or is about to. */
function recorder({ client }: Uplift): Recorder {
  return async (name, workflowId) => {
    const handle = client.workflow.getHandle(workflowId);
    await until(`the end of ${workflowId}`, async () => (await handle.describe()).status.name !== 'RUNNING');
    writeHistory(name, workflowId, await handle.fetchHistory());
  };
}

/** Development with a module to repair, then Production behind a closed door. */
async function upgradeAll(uplift: Uplift, recorded: Recorder): Promise<void> {
  const one = ids.upgradeEnvironment(infrastructure, development);
  const two = ids.upgradeEnvironment(infrastructure, production);
  const door = ids.goLive(infrastructure, production);
  await command(uplift, 'upgrade', '--to', newer, '--requested-by', 'rita', '--no-wait');
  await approve(uplift, ids.upgradeInfrastructure(infrastructure), 'plan');
  await untilGate(uplift, one, 'applications');
  await recorded('prepareModules', ids.prepare(infrastructure, development));
  await recorded('nightlyDeployAll-skipped', await nightly(uplift));
  await command(uplift, 'publish', development, 'loud', '--source', writeSources(repaired), '--as', 'ines');
  await recorded('publishModule', ids.publish(infrastructure, development, 'loud'));
  await command(uplift, 'retry', development, '--requested-by', 'ines');
  await recorded('upgradeEnvironment-retried', one);
  await recorded('deployModules', ids.deploy(infrastructure, development));
  await approve(uplift, two, 'start');
  await untilGate(uplift, door, 'applications');
  await command(uplift, 'approve', production, '--as', 'ana', '--accept', 'loud', '--reason', 'nobody uses it');
  await approve(uplift, door, 'go live');
  await recorded('goLive', door);
  await recorded('upgradeEnvironment-behind-a-closed-door', two);
  await recorded('upgradeInfrastructure', ids.upgradeInfrastructure(infrastructure));
}

/** Preparations that people pause and cancel, and the nightly one that does the rest. */
async function prepareAgain(uplift: Uplift, recorded: Recorder): Promise<void> {
  const preparation = ids.prepare(infrastructure, development);
  await makePending(uplift, 'the first text');
  await command(uplift, 'prepare', development, '--no-wait');
  await command(uplift, 'pause', development, '--run', 'prepare', '--as', 'ana', '--reason', 'release day');
  await command(uplift, 'resume', development, '--run', 'prepare', '--as', 'ana', '--reason', 'it is over');
  await recorded('prepareModules-paused', preparation);
  await makePending(uplift, 'the second text');
  await command(uplift, 'prepare', development, '--no-wait');
  const { client } = uplift;
  await until('a group in progress', async () => {
    const { raw } = await client.workflow.getHandle(preparation).describe();
    return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'prepareNextGroup');
  });
  await client.workflow.getHandle(preparation).cancel();
  await recorded('prepareModules-cancelled', preparation);
  await recorded('nightlyDeployAll', await nightly(uplift));
}

async function command({ cli }: Uplift, ...words: readonly string[]): Promise<unknown> {
  const ran = await cli(...words, '--json');
  expect([0, 5, 6], `${words.join(' ')}: ${ran.out} ${ran.err}`).toContain(ran.exit);
  return ran.json();
}

async function approve(uplift: Uplift, workflowId: string, gate: string): Promise<void> {
  await untilGate(uplift, workflowId, gate);
  await command(uplift, 'approve', '--gate', gate, '--as', 'ana');
}

async function untilGate({ client }: Uplift, workflowId: string, gate: string): Promise<void> {
  const atGate = async () => {
    const asked = client.workflow.getHandle(workflowId).query<RunStatus, []>('status');
    return (await asked.catch(() => undefined))?.gate?.name === gate;
  };
  await until(`the gate ${gate} of ${workflowId}`, atGate);
}

/** The id of the run that is started now. */
async function nightly(uplift: Uplift): Promise<string> {
  const recent = async (...words: readonly string[]) => {
    const shown = await command(uplift, 'schedule', development, ...words);
    return (shown as { schedule: { recentRuns: readonly string[] } }).schedule.recentRuns;
  };
  const before = (await recent()).length;
  await recent('--now', '--no-wait');
  return until('the nightly run', async () => (await recent())[before]);
}

async function makePending(uplift: Uplift, text: string): Promise<void> {
  await command(uplift, 'publish', development, 'base', '--source', writeSources(base(text)), '--as', 'ines');
}

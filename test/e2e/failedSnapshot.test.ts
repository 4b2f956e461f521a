/**
 * An upgrade whose uplift.yaml is edited on the way, and whose go live cannot take its snapshot: it ends before anything has changed,
 * users are let in again, and started again by the same plan it goes on where it was.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ids } from '../../contract/ids.js';
import { layout } from '../../platform/embedded/layout.js';
import type { PlanDocument } from '../../store/plans.js';
import { newer, older, temporaryFolder } from '../platform/tinyFactory.js';
import type { Ran } from './cliTerminal.js';
import { chronicleOf } from './evidence.js';
import { base, infrastructure, screen, writeTinyFactory } from './factories.js';
import { finalState } from './state.js';
import { until } from './until.js';
import { statusOf } from './upgrading.js';
import { startUplift, type Uplift } from './uplift.js';

const productionId = ids.upgradeEnvironment(infrastructure, 'Production');
const planFile = path.join(temporaryFolder(), 'plan.json');
const factory = writeTinyFactory(
  older,
  { base: { source: base('a text') }, home: { uses: ['base'], source: screen('Home') } },
  { production: {} },
);

let uplift: Uplift;
let snapshots: string;
let upgrade: Promise<Ran>;

beforeAll(async () => {
  uplift = await startUplift(factory);
  snapshots = layout.snapshots(uplift.dataFolder, 'Production');
  await plan('-o', planFile);
});

afterAll(async () => {
  await uplift.close();
});

describe('an upgrade by a plan', () => {
  it('keeps to it when uplift.yaml is edited: only a new plan takes the edit up', async () => {
    upgrade = upgradeByThePlan();
    await approve('plan');

    askTwoPeopleAtProductionsStart();

    const approved = JSON.parse(readFileSync(planFile, 'utf8')) as PlanDocument;
    const edited = await plan();
    expect([approved, edited].map(quorumAtProductionsStart)).toEqual([1, 2]);
    expect(edited.hash).not.toBe(approved.hash);
    const gate = await until('the gate start', async () => (await statusOf(uplift, productionId))?.gate);
    expect(gate).toMatchObject({ name: 'start', approvalsMissing: 1 });
  });

  it('LIVE-01 has changed nothing when its snapshot cannot be taken, and lets users in again', async () => {
    const before = finalState(uplift);
    writeFileSync(snapshots, 'no folder');

    await approve('start');
    await until('users to be kept out', async () => (await statusForUsers()) === 503);
    const ended = await upgrade;

    expect(ended.exit).toBe(1);
    expect(ended.out).toMatch(
      /SNAPSHOT_FAILED.*No snapshot of Production could be taken: .*This run has changed nothing/s,
    );
    expect(ended.out).toContain(snapshots);
    expect(finalState(uplift)).toEqual({
      ...before,
      holds: [{ environment: 'Production', workflow: productionId }],
    });
    expect(await statusForUsers()).toBe(200);
  });

  it('LIVE-01 goes on where it was when it is started again after the repair, and asks nothing twice', async () => {
    rmSync(snapshots);
    upgrade = upgradeByThePlan();
    await approve('go live');
    const ended = await upgrade;
    expect(ended, ended.err).toMatchObject({ exit: 0 });
    expect(await chronicleOf(uplift)).toEqual([
      'upgrade/tiny: plan approved by ana',
      'snapshot of Development',
      'upgrade/tiny/environments/Development: upgraded',
      'upgrade/tiny/environments/Production: start approved by ana',
      'snapshot of Production',
      'upgrade/tiny/environments/Production/go-live: go live approved by ana',
      'upgrade/tiny/environments/Production: upgraded',
      'upgrade/tiny: upgraded',
    ]);
    expect(finalState(uplift)).toMatchObject({ holds: [], locks: [] });
    expect(await statusForUsers()).toBe(200);
  });
});

/** Followed to its end. */
function upgradeByThePlan(): Promise<Ran> {
  return uplift.cli('upgrade', planFile, '--requested-by', 'rita', '--json');
}

async function plan(...words: readonly string[]): Promise<PlanDocument> {
  const { exit, err, json } = await uplift.cli('plan', '--to', newer, '--json', ...words);
  expect(exit, err).toBe(0);
  return json() as PlanDocument;
}

function quorumAtProductionsStart({ plan: { decisions } }: PlanDocument): number | undefined {
  const production = decisions.environments.find(({ name }) => name === 'Production');
  return production?.gates.find(({ name }) => name === 'start')?.quorum;
}

function askTwoPeopleAtProductionsStart(): void {
  const file = path.join(factory, 'uplift.yaml');
  const described = parse(readFileSync(file, 'utf8')) as { environments: { name: string }[] };
  const environments = described.environments.map((one) =>
    one.name === 'Production' ? { ...one, gates: { start: { quorum: 2 } } } : one,
  );
  writeFileSync(file, stringify({ ...described, environments }));
}

/** As soon as it waits there. */
async function approve(gate: string): Promise<void> {
  const answer = () => uplift.cli('approve', '--gate', gate, '--as', 'ana');
  await until(`the approval of ${gate}`, async () => (await answer()).exit === 0);
}

async function statusForUsers(): Promise<number> {
  const { applicationsUrl = '' } = uplift.run.environments.find(({ name }) => name === 'Production') ?? {};
  return (await fetch(`${applicationsUrl}/home/Home`)).status;
}

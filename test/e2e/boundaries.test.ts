/**
 * The upgrade of all four environments, in which worker and Temporal server are killed with SIGKILL at its boundaries, each as soon as
 * it is announced: it ends as if nothing had happened. With UPLIFT_LONG=1 both are killed at every boundary.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { InfrastructureReport } from '../../workflows/upgradeInfrastructure.js';
import { newer } from '../platform/tinyFactory.js';
import { chronicleOf, plansOf, reportsOf } from './evidence.js';
import { writeLifecycleFactory } from './factories.js';
import { boundaries, upgradeId, upgradeLifecycle } from './lifecycle.js';
import { kill, type ProcessKind } from './processes.js';
import { answersOf, attemptsOf, compiledAgain, finalState, preparedTwice } from './state.js';
import { startUplift, type Uplift } from './uplift.js';

/** What is killed, by the name of the boundary. */
type Kills = Readonly<Record<string, ProcessKind>>;

const long = process.env['UPLIFT_LONG'] === '1';

let undisturbed: Outcome;

beforeAll(async () => {
  undisturbed = await upgraded({});
});

describe('the upgrade of four environments', () => {
  it('PHASE-01 leaves a result of every phase: the plan, its approval, and of each environment what was done and tested', () => {
    const { report, reports, plans } = undisturbed;
    expect(plans).toEqual([report.plan]);
    expect(report).toMatchObject({ to: newer, planApprovers: ['ana', 'rui'] });
    for (const environment of report.environments) {
      expect(environment).toMatchObject({
        outcome: 'upgraded',
        preparation: { status: 'finished', prepared: 4, failed: 0, left: 0 },
        deployment: { status: 'finished', failed: 0, fullyUpgraded: true },
        checks: { checked: 2, failures: 0, newErrors: 0 },
      });
    }
    expect(reports).toEqual([...report.environments, report]);
  });

  it('PLAN-04 goes from one environment to the next only when that one is done', () => {
    expect(undisturbed.lasting.chronicle).toEqual(inOrder);
  });

  it('leaves every door open and nothing held or locked, and has compiled each module once for all of them', () => {
    const { state, users, preparedTwice, compiledAgain } = undisturbed.lasting;
    expect(users).toEqual(state.environment.map(({ name }) => ({ name, status: 200, release: newer })));
    expect({ holds: state.holds, locks: state.locks, preparedTwice, compiledAgain }).toEqual({
      ...{ holds: [], locks: [], preparedTwice: [], compiledAgain: [] },
    });
  });

  it('SELF-02 goes on when worker and Temporal server are killed at its boundaries', async () => {
    const outcome = await upgraded({
      'tiny analysis': 'Temporal server',
      'tiny gate plan': 'Temporal server',
      'Development server': 'worker',
      'Testing snapshot': 'Temporal server',
      'Pre-Production closing': 'worker',
      'Pre-Production gate go live': 'Temporal server',
      'Production tests': 'worker',
      'Production opening': 'Temporal server',
    });
    expect(outcome.lasting).toEqual(undisturbed.lasting);
    expect(outcome.lostGroups).toBeLessThanOrEqual(lanes);
  });

  it.runIf(long).concurrent.each(['worker', 'Temporal server'] as const)(
    'SELF-02 goes on when the %s is killed at every boundary',
    { timeout: 1_500_000 },
    async (kind) => {
      const outcome = await upgraded(Object.fromEntries(boundaries.map(({ name }) => [name, kind])));
      expect(outcome.lasting).toEqual(undisturbed.lasting);
    },
  );
});

const inOrder = [
  'upgrade/tiny: plan approved by ana',
  'upgrade/tiny: plan approved by rui',
  'snapshot of Development',
  'upgrade/tiny/environments/Development: upgraded',
  'snapshot of Testing',
  'upgrade/tiny/environments/Testing: upgraded',
  'snapshot of Pre-Production',
  'upgrade/tiny/environments/Pre-Production/go-live: go live approved by ana',
  'upgrade/tiny/environments/Pre-Production: upgraded',
  'upgrade/tiny/environments/Production: start approved by ana',
  'snapshot of Production',
  'upgrade/tiny/environments/Production/go-live: go live approved by ana',
  'upgrade/tiny/environments/Production: upgraded',
  'upgrade/tiny: upgraded',
];

/** Groups of a preparation that are in progress at a time. */
const lanes = 2;

type Outcome = Awaited<ReturnType<typeof upgraded>>;

/** An upgrade of a new infrastructure, from the start of `uplift up` to its end, after which nothing is left of it. */
async function upgraded(kills: Kills) {
  const uplift = await startUplift(writeLifecycleFactory());
  const killed: string[] = [];
  try {
    await upgradeLifecycle(uplift, async ({ name }) => {
      const kind = kills[name];
      if (kind === undefined) return;
      await kill(uplift, kind);
      killed.push(name);
    });
    expect(killed).toEqual(Object.keys(kills));
    return await outcomeOf(uplift);
  } finally {
    await uplift.close();
  }
}

async function outcomeOf(uplift: Uplift) {
  const attempts = attemptsOf(uplift);
  const handle = uplift.client.workflow.getHandle<() => Promise<InfrastructureReport>>(upgradeId);
  const report = await handle.result();
  return {
    report,
    reports: reportsOf(uplift),
    plans: plansOf(uplift),
    lostGroups: attempts.lostGroups,
    /** What may differ in no way, whatever was killed. */
    lasting: {
      state: finalState(uplift),
      pages: await answersOf(uplift),
      users: await answersToUsers(uplift),
      chronicle: await chronicleOf(uplift),
      environments: report.environments.map(({ environment, to, outcome, approvals, checks }) => ({
        ...{ environment, to, outcome, approvals, checks },
      })),
      preparedTwice: preparedTwice(attempts),
      compiledAgain: compiledAgain(attempts),
    },
  };
}

/** Through the balancers, whose doors are open. */
function answersToUsers({ run }: Uplift) {
  return Promise.all(
    byName(run.environments).map(async ({ name, applicationsUrl }) => {
      const { status, headers } = await fetch(`${applicationsUrl}/home/Home`);
      return { name, status, release: headers.get('x-server-release') };
    }),
  );
}

function byName<T extends { readonly name: string }>(all: readonly T[]): readonly T[] {
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What evidence says of earlier upgrades, beside what the platform says of now. */
import { expect, it, onTestFinished } from 'vitest';
import type { Dependencies } from '../../activities/dependencies.js';
import { testedEnvironments } from '../../activities/earlierRuns.js';
import { embeddedPlatform } from '../../platform/embedded/platform.js';
import { recordEvidence, takenBack, upgraded } from '../../store/evidence.js';
import { type PlanExplanation, savePlan } from '../../store/plans.js';
import { openStore } from '../../store/store.js';
import { numberUpgrade } from '../../store/upgrades.js';
import { newer, older, published } from '../platform/tinyFactory.js';

type What = { readonly gradual?: number; readonly to?: string } | 'taken back' | 'taken back elsewhere';

/** The environments that are tested on the release that Development runs, after this evidence of it. */
async function testedAfter(...evidence: readonly What[]): Promise<readonly string[]> {
  const { context, environment } = await published({ a: {} });
  const store = openStore(context.dataFolder);
  onTestFinished(async () => {
    await store.destroy();
    await context.database.destroy();
  });
  const { name: infrastructure } = await context.database
    .selectFrom('infrastructures')
    .select('name')
    .executeTakeFirstOrThrow();
  const plan = await savePlan(store, { to: older }, {} as PlanExplanation);
  for (const [index, what] of evidence.entries()) {
    const run = `run ${index}`;
    const record = { key: run, workflow: 'upgrade', run, refusal: null };
    if (typeof what === 'string') {
      const back = { environment: what === 'taken back' ? environment : 'Testing' };
      await recordEvidence(store, { ...record, upgrade: infrastructure, name: takenBack, payload: back });
      continue;
    }
    const { upgrade } = await numberUpgrade(store, {
      ...{ infrastructure, environment, workflow: 'upgrade', run, plan, requestedBy: null, request: {} },
    });
    const { to = older, gradual } = what;
    const applications =
      gradual === undefined ? { deployment: {}, checks: {} } : { deployment: null, checks: { outdated: gradual } };
    const report = { upgrade, to, acceptedModules: [], ...applications };
    await recordEvidence(store, {
      ...record,
      upgrade,
      name: upgraded,
      payload: { plan, environment, report },
    });
  }
  const platform = embeddedPlatform(context);
  return testedEnvironments({ store, platform } as Dependencies, infrastructure, older);
}

it.each<[string, readonly What[], boolean]>([
  ['was upgraded to it', [{}], true],
  ['was upgraded to another release last', [{}, { to: newer }], false],
  ['was taken back, and came to it again in another way', [{}, 'taken back'], false],
  ['was taken back, and upgraded again', [{}, 'taken back', {}], true],
  ['stayed, while another one was taken back', [{}, 'taken back elsewhere'], true],
  ['is left to its teams, who have not published everything', [{ gradual: 1 }], false],
  ['is left to its teams, who have', [{ gradual: 1 }, { gradual: 0 }], true],
  ['never was upgraded by Uplift', [], false],
])('PLAN-04 an environment that runs the target and %s: %#', async (_, evidence, tested) => {
  expect(await testedAfter(...evidence)).toEqual(tested ? ['Development'] : []);
});

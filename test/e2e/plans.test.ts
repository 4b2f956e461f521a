/** Plans are kept by what they say. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadPlan, loadPlanDocument, type PlanExplanation, savePlan } from '../../store/plans.js';
import { openStore, type Store } from '../../store/store.js';

async function emptyStore(): Promise<Store> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uplift-plans-'));
  const store = openStore(folder);
  onTestFinished(async () => {
    await store.destroy();
    await rm(folder, { recursive: true, force: true });
  });
  return store;
}

const explanation = (madeAt: string) => ({ forecast: { madeAt }, analysis: { to: '11.41.0' } }) as PlanExplanation;

it('the same decisions have one hash, in whatever order they are written, and are read back by it', async () => {
  const store = await emptyStore();
  const hash = await savePlan(store, { to: '11.41.0', order: ['Development'] }, explanation('first'));
  expect(await savePlan(store, { order: ['Development'], to: '11.41.0' }, explanation('newest'))).toBe(hash);
  expect(await loadPlan(store, hash)).toEqual({ to: '11.41.0', order: ['Development'] });
});

it('a plan is read as a whole, with its newest forecast and analysis', async () => {
  const store = await emptyStore();
  const decisions = { to: '11.41.0', order: ['Development'] };
  const hash = await savePlan(store, decisions, explanation('first'));
  await savePlan(store, decisions, explanation('newest'));
  const { forecast, analysis } = explanation('newest');
  expect(await loadPlanDocument(store, hash)).toEqual({ hash, plan: { decisions, forecast }, analysis });
});

it('PLAN_UNKNOWN also says that of an older plan only the decisions are kept', async () => {
  const store = await emptyStore();
  const hash = await savePlan(store, { to: '11.41.0' }, explanation('first'));
  await store.updateTable('plans').set({ explanation: null }).execute();
  await expect(loadPlanDocument(store, hash)).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
    parts: { what: `Of the plan ${hash} only the decisions are kept` },
  });
});

it('PLAN_UNKNOWN names the hash that no plan has', async () => {
  const store = await emptyStore();
  await expect(loadPlan(store, '4711')).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
    parts: { what: 'There is no plan 4711' },
  });
});

it.each([
  ['other decisions', JSON.stringify({ to: '11.42.0', order: ['Development'] })],
  ['no JSON', '{"to":'],
])('PLAN_CORRUPTED is the answer to what is stored under a hash that is not its own: %s', async (_, stored) => {
  const store = await emptyStore();
  const hash = await savePlan(store, { to: '11.41.0', order: ['Development'] }, explanation('first'));
  await store.updateTable('plans').set({ plan: stored }).where('hash', '=', hash).execute();
  await expect(loadPlan(store, hash)).rejects.toMatchObject({
    code: 'PLAN_CORRUPTED',
    parts: { what: expect.stringContaining(hash) },
  });
});

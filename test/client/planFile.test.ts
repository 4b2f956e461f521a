/** A plan in a file stands for what people approve by its hash: it is taken whole, or not at all. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { assertPlanOf, readPlanFile } from '../../client/cli/planFile.js';
import { UpliftError } from '../../domain/errors.js';
import type { PlanDecisions } from '../../domain/plan/plan.js';
import { planHash } from '../../store/planHash.js';
import { infrastructure, plannedFor, planRequest } from '../domain/infrastructures.js';
import { temporaryFolder } from '../platform/tinyFactory.js';

const plan = plannedFor(planRequest(infrastructure()));
const hash = planHash(plan.decisions);

function fileWith(content: unknown): string {
  const file = path.join(temporaryFolder(), 'plan.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return file;
}

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof UpliftError && error.code === 'INPUT_INVALID') return error.message;
    throw error;
  }
  return 'taken';
}

it('is read with its hash, whatever the order of its keys and its forecast', () => {
  const decisions = Object.fromEntries(Object.entries(plan.decisions).toReversed()) as unknown as PlanDecisions;
  const file = fileWith({ plan: { forecast: 'another', decisions }, hash });
  expect(readPlanFile(file)).toMatchObject({ hash, decisions: { infrastructure: 'acme', to: '11.41.0' } });
});

it.each<[string, (decisions: PlanDecisions) => unknown]>([
  ['another target', (decisions) => ({ ...decisions, to: '11.42.0' })],
  ['a gate that asks nobody', (decisions) => ({ ...decisions, gates: [] })],
  ['an environment less', (decisions) => ({ ...decisions, environments: decisions.environments.slice(1) })],
  ['a key more', (decisions) => ({ ...decisions, remark: 'edited' })],
])('that was edited is refused, naming both hashes: %s', (_, edit) => {
  const edited = edit(plan.decisions);
  const refusal = refusalOf(() => readPlanFile(fileWith({ hash, plan: { ...plan, decisions: edited } })));
  expect(refusal).toMatch(/was changed after uplift plan wrote it/);
  expect(refusal).toContain(hash);
  expect(refusal).toContain(planHash(edited));
});

it.each([
  ['no JSON', 'hash: 1'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no decisions', { hash, plan: {} }],
  ['no hash', { plan }],
])('that is no plan is refused: %s', (_, content) => {
  expect(refusalOf(() => readPlanFile(fileWith(content)))).toMatch(/is not a plan: .*uplift plan -o plan\.json/);
});

it('is of the infrastructure that runs here', () => {
  const file = fileWith({ hash, plan });
  const read = readPlanFile(file);
  expect(refusalOf(() => assertPlanOf(file, read, 'acme'))).toBe('taken');
  expect(refusalOf(() => assertPlanOf(file, read, 'other'))).toContain('is a plan of acme, and other runs here');
});

/** Makes the plan of an infrastructure, or of one of its environments, from what is described and installed, and keeps it. */

import { analysis } from '../domain/analysis/analysis.js';
import type { EnvironmentToUpgrade } from '../domain/analysis/analysisRequest.js';
import type { Refusal } from '../domain/analysis/findings.js';
import { undrivenRefusals } from '../domain/analysis/undriven.js';
import { UpliftError } from '../domain/errors.js';
import { isOfHold } from '../domain/goLive/snapshotOrder.js';
import type { Environment } from '../domain/infrastructure/infrastructure.js';
import { knowledge } from '../domain/knowledge/knowledge.js';
import { infrastructurePlan } from '../domain/plan/infrastructurePlan.js';
import type { PlanDecisions } from '../domain/plan/plan.js';
import { isOn } from '../domain/releases/version.js';
import type { EnvironmentFacts } from '../port/inventory.js';
import { savePlan } from '../store/plans.js';
import type { Dependencies } from './dependencies.js';
import { measuredSteps, testedEnvironments } from './earlierRuns.js';
import type { Request } from './planRequest.js';

export async function makePlan(
  dependencies: Dependencies,
  { infrastructure, to, requestedBy, now }: Request,
  environment?: string,
): Promise<{ hash: string; decisions: PlanDecisions }> {
  const { platform, store } = dependencies;
  const described = await platform.inventory.infrastructure(infrastructure);
  if (environment !== undefined) await platform.inventory.environment({ infrastructure, environment });
  const facts = await platform.inventory.environments(infrastructure);
  const chosen = described.environments.filter(({ name }) => environment === undefined || name === environment);
  const installed = await Promise.all(
    chosen.map(async (one) => ({
      environment: one,
      from: releaseOf(facts, one),
      modules: (await platform.inventory.modules({ infrastructure, environment: one.name })) ?? undefined,
    })),
  );
  const offered = await platform.inventory.releases(infrastructure);
  const analyse = (all: readonly EnvironmentToUpgrade[]) =>
    analysis({ infrastructure, environments: all, to, offered, lifeTime: described.lifeTime }, knowledge);
  const { to: target } = analyse(installed);
  const environments = await Promise.all(installed.map((one) => goingOn(platform, infrastructure, facts, one, target)));
  const analysed = analyse(environments);
  const outcome = infrastructurePlan({
    infrastructure: described,
    environments,
    analysis: analysed,
    tested: await testedEnvironments(dependencies, infrastructure, analysed.to),
    measured: await measuredSteps(store, infrastructure),
    requester: requestedBy,
    now,
  });
  const undriven = undrivenRefusals(environments, analysed);
  if (outcome.kind === 'refused') throw refused([...outcome.refusals, ...undriven]);
  if (undriven.length > 0) throw refused(undriven);
  const { decisions, forecast } = outcome.plan;
  return { hash: await savePlan(store, decisions, { forecast, analysis: analysed }), decisions };
}

function refused(refusals: readonly Refusal[]): UpliftError {
  const [first] = refusals;
  const what = refusals
    .map(({ environment, reason, rule }) => `${environment === null ? '' : `${environment}: `}${reason} (${rule})`)
    .join('; ');
  return new UpliftError(first?.code ?? 'PATH_UNSUPPORTED', { what, ...(first ? { next: first.next } : {}) });
}

/**
 * Where an upgrade to the target ended on its way and still holds the environment, it goes on as it was planned: from the release that it
 * began on, which its snapshot has. Its door may be closed, and has to be opened.
 */
async function goingOn(
  platform: Dependencies['platform'],
  infrastructure: string,
  facts: readonly EnvironmentFacts[],
  toUpgrade: EnvironmentToUpgrade,
  target: string,
): Promise<EnvironmentToUpgrade> {
  const { name } = toUpgrade.environment;
  const hold = facts.find((fact) => fact.name === name)?.hold;
  if (hold?.operation !== 'upgrade' || !isOn(hold.release, target)) return toUpgrade;
  const driven = await platform.driven({ infrastructure, environment: name });
  const snapshot = await driven?.snapshots.newest({ infrastructure, environment: name });
  return snapshot && isOfHold(snapshot, hold) ? { ...toUpgrade, from: snapshot.release } : toUpgrade;
}

function releaseOf(facts: readonly EnvironmentFacts[], { name, release }: Environment): string {
  return facts.find((fact) => fact.name === name)?.serverRelease ?? release;
}

/** How an environment, or LifeTime, stands before its upgrade, put together from what is described, stated and planned. */

import type { Subject } from '../knowledge/concerns.js';
import { holds } from '../knowledge/facts.js';
import type { Situation } from '../knowledge/situation.js';
import type { Circumstances } from '../releases/applicationsPath.js';
import type { AnalysisRequest, EnvironmentToUpgrade } from './analysisRequest.js';
import { type LifeTimeDecision, lifeTimeThen } from './lifeTime.js';

export function situationOf(
  { environment, from, modules, facts }: EnvironmentToUpgrade,
  to: string,
  request: AnalysisRequest,
  lifeTime: Situation['lifeTime'],
): Situation {
  return {
    facts: { ...request.facts, ...facts },
    from,
    to,
    hosting: environment.hosting,
    frontEndsByZone: environment.zones.map(({ frontEnds }) => frontEnds.length),
    modules,
    dedicatedController: environment.controller === null,
    zeroDowntime: environment.strategy.kind === 'zero downtime',
    lifeTime,
  };
}

/** What decides the path of its applications. */
export function circumstancesOf(situation: Situation, { acknowledgements = [] }: AnalysisRequest): Circumstances {
  return {
    database: databaseOf(situation),
    edition: holds('free-edition', situation) ? 'Free' : undefined,
    hosting: situation.hosting === 'cloud' ? 'Cloud' : 'self-managed',
    eap: holds('early-access-programme', situation),
    progressiveEnabled: holds('progressive-preparation', situation),
    withoutPreparation: holds('preparation-skipped', situation),
    acknowledged: acknowledgements.map(({ entry }) => entry).filter(isVersionRule),
  };
}

/** LifeTime as a subject of its own; none while nobody has said which release it runs. In a hybrid infrastructure it is in the Cloud. */
export function lifeTimeSubject(
  decision: LifeTimeDecision,
  to: string,
  { environments, facts = {} }: AnalysisRequest,
): readonly Subject[] {
  const versions = versionsOf(decision);
  if (!versions) return [];
  const hybrid = environments.some(({ environment }) => environment.hosting === 'cloud');
  const situation: Situation = {
    facts,
    from: versions.from,
    to,
    hosting: hybrid ? 'cloud' : 'self-managed',
    frontEndsByZone: [],
    modules: undefined,
    dedicatedController: true,
    zeroDowntime: false,
    lifeTime: lifeTimeThen(decision),
  };
  return [{ name: 'LifeTime', product: 'lifetime', ...versions, situation }];
}

function versionsOf(decision: LifeTimeDecision): { readonly from: string; readonly to: string } | undefined {
  switch (decision.kind) {
    case 'not described':
      return undefined;
    case 'upgrade first':
      return { from: decision.from, to: decision.to };
    case 'newest':
    case 'left out':
      return { from: decision.release, to: decision.release };
  }
}

function databaseOf(situation: Situation): Circumstances['database'] {
  if (holds('oracle', situation)) return 'Oracle';
  return holds('sql-server', situation) ? 'SQL Server' : undefined;
}

function isVersionRule(entry: string): entry is `VER-${string}` {
  return entry.startsWith('VER-');
}

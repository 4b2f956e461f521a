/**
 * Analysis and preparation, the first phase of an upgrade (PHASE-01, ANA-01): which releases lie between, what they change and what
 * goes wrong on them for this infrastructure, what cannot start and why, what has to be handled before anybody may approve.
 */

import { UpliftError } from '../errors.js';
import {
  type ChangeConcern,
  changesThatConcern,
  factsNotKnown,
  type IssueConcern,
  issuesThatConcern,
  type Subject,
  type UnknownFact,
} from '../knowledge/concerns.js';
import { type ComponentVersion, componentVersions } from '../releases/components.js';
import { findRelease, newestRelease, type Release, type ReleaseCatalogue } from '../releases/release.js';
import { upgradePath } from '../releases/upgradePath.js';
import { compareReleases, compareVersions, isVersion } from '../releases/version.js';
import type { AnalysisRequest, EnvironmentToUpgrade, Knowledge } from './analysisRequest.js';
import type { EntryToHandle, EnvironmentAnalysis, Refusal, RuleRemark } from './findings.js';
import { type LifeTimeDecision, lifeTimeAdvice, lifeTimeThen } from './lifeTime.js';
import {
  acknowledgementWarnings,
  entriesToHandle,
  factRefusals,
  issueRefusals,
  pathRefusals,
  pathWarnings,
  personalRefusals,
  targetRefusals,
} from './obstacles.js';
import { circumstancesOf, lifeTimeSubject, situationOf } from './subjects.js';

export interface Analysis {
  readonly infrastructure: string;
  readonly to: string;
  /** Nobody asked for this release: it is proposed. */
  readonly proposed: boolean;
  readonly components: readonly ComponentVersion[];
  readonly lifeTime: LifeTimeDecision;
  readonly environments: readonly EnvironmentAnalysis[];
  /** After the oldest release of an environment, up to the target; oldest first. */
  readonly releases: readonly Release[];
  readonly breakingChanges: readonly ChangeConcern[];
  readonly knownIssues: readonly IssueConcern[];
  readonly unknownFacts: readonly UnknownFact[];
  readonly toHandle: readonly EntryToHandle[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly RuleRemark[];
}

/** Throws RELEASE_UNKNOWN when no target is given and none can be proposed; whatever else is wrong is a refusal. */
export function analysis(request: AnalysisRequest, knowledge: Knowledge): Analysis {
  const to = request.to ?? proposedTarget(request, knowledge.releases);
  const environments = request.environments.map((environment) =>
    analysed(environment, to, request, knowledge.releases),
  );
  const lifeTime = lifeTimeAdvice(
    {
      lifeTime: request.lifeTime,
      leaveOut: request.leaveLifeTimeOut ?? false,
      shared: request.facts?.['lifetime-shared-environment'],
      paths: environments.map(({ path }) => path),
    },
    knowledge.lifeTimeReleases,
  );
  const subjects = [
    ...request.environments.flatMap((environment) =>
      environmentSubject(environment, to, request, environments, lifeTime.decision),
    ),
    ...lifeTimeSubject(lifeTime.decision, to, request),
  ];
  const breakingChanges = changesThatConcern(knowledge.breakingChanges, subjects, request.owners ?? {});
  const knownIssues = issuesThatConcern(knowledge.knownIssues, subjects);
  const acknowledgements = request.acknowledgements ?? [];
  const toHandle = entriesToHandle(breakingChanges, environments, acknowledgements);
  return {
    infrastructure: request.infrastructure,
    to,
    proposed: request.to === undefined,
    components: componentVersions(environments, request.lifeTime?.release ?? null, knowledge),
    lifeTime: lifeTime.decision,
    environments,
    releases: releasesBetween(environments, to, knowledge.releases),
    breakingChanges,
    knownIssues,
    unknownFacts: factsNotKnown(breakingChanges, knownIssues),
    toHandle,
    refusals: [
      ...factRefusals(request),
      ...targetRefusals(to, request.offered, environments),
      ...environments.flatMap(pathRefusals),
      ...request.environments.flatMap((environment) => personalRefusals(environment, request)),
      ...lifeTime.refusals,
      ...knownIssues.flatMap(issueRefusals),
    ],
    warnings: [
      ...lifeTime.warnings,
      ...environments.flatMap(pathWarnings),
      ...acknowledgementWarnings(acknowledgements, toHandle),
    ],
  };
}

function proposedTarget({ offered, infrastructure }: AnalysisRequest, releases: ReleaseCatalogue): string {
  const known = (version: string) => isVersion(version) && findRelease(releases, version)?.kind === 'GA';
  const newest = offered ? offered.filter(known).toSorted(compareVersions).at(-1) : newestRelease(releases)?.version;
  if (newest !== undefined) return newest;
  throw new UpliftError('RELEASE_UNKNOWN', {
    what: `No release can be proposed for ${infrastructure}: none that can be installed is known to be for everybody`,
    next: 'name the release to upgrade to',
  });
}

function analysed(
  toUpgrade: EnvironmentToUpgrade,
  to: string,
  request: AnalysisRequest,
  releases: ReleaseCatalogue,
): EnvironmentAnalysis {
  const { environment, from } = toUpgrade;
  const circumstances = circumstancesOf(situationOf(toUpgrade, to, request, 'unknown'), request);
  return { name: environment.name, from, path: upgradePath({ from, to, ...circumstances }, releases) };
}

/** Only where a release is installed: what runs already is not upgraded. */
function environmentSubject(
  toUpgrade: EnvironmentToUpgrade,
  to: string,
  request: AnalysisRequest,
  environments: readonly EnvironmentAnalysis[],
  lifeTime: LifeTimeDecision,
): readonly Subject[] {
  const { name } = toUpgrade.environment;
  const { from } = toUpgrade;
  if (environments.find((environment) => environment.name === name)?.path.kind !== 'upgrade') return [];
  return [
    { name, product: 'platform', from, to, situation: situationOf(toUpgrade, to, request, lifeTimeThen(lifeTime)) },
  ];
}

function releasesBetween(
  environments: readonly EnvironmentAnalysis[],
  to: string,
  releases: ReleaseCatalogue,
): readonly Release[] {
  const froms = environments.filter(({ path }) => path.kind === 'upgrade').map(({ from }) => from);
  const oldest = froms.toSorted(compareVersions)[0];
  if (oldest === undefined) return [];
  return releases.filter(({ version }) => compareReleases(version, oldest) > 0 && compareReleases(version, to) <= 0);
}

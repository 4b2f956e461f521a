/**
 * Analysis and preparation, the first phase of an upgrade (PHASE-01, ANA-01): which releases lie between, what they change and what
 * goes wrong on them for this infrastructure, what cannot start and why, what has to be handled before anybody may approve.
 */
import type { BreakingChange } from './breakingChange.js';
import { type ComponentVersion, componentVersions, type ToolRelease } from './components.js';
import {
  type ChangeConcern,
  changesThatConcern,
  type IssueConcern,
  issuesThatConcern,
  mustBeHandled,
  type Question,
  questionsAbout,
  type Subject,
} from './concerns.js';
import { type ErrorCode, UpliftError } from './errors.js';
import { type Facts, holds, type Situation } from './facts.js';
import type { KnownIssue } from './knownIssue.js';
import { type LifeTimeDecision, type LifeTimeState, lifeTimeAdvice, lifeTimeThen } from './lifeTime.js';
import { findRelease, newestRelease, type Release, type ReleaseCatalogue } from './release.js';
import { type UpgradePath, upgradePath } from './upgradePath.js';
import { compareReleases, isVersion } from './version.js';

export interface AnalysisRequest {
  readonly infrastructure: string;
  readonly environments: readonly AnalysedEnvironment[];
  /** Without it the newest release for everybody that is offered. */
  readonly to?: string | undefined;
  /** Releases that can be installed; without it every release is. */
  readonly offered?: readonly string[] | undefined;
  readonly lifeTime: LifeTimeState;
  /** Of the whole infrastructure; those of an environment win. */
  readonly facts: Facts;
  readonly acknowledgements: readonly Acknowledgement[];
  /** Who looks after an entry, by its id. */
  readonly owners: Readonly<Record<string, string>>;
}

export interface AnalysedEnvironment {
  readonly name: string;
  readonly from: string;
  readonly facts: Facts;
  readonly frontEndsByZone: readonly number[];
  readonly zeroDowntime: boolean;
  readonly modules?: Situation['modules'];
}

/** Somebody has read an entry that must be handled, or a rule that may be waived, and says how it is handled or why not. */
export interface Acknowledgement {
  /** Id of the entry, or the rule, such as `VER-07`. */
  readonly entry: string;
  readonly by: string;
  readonly reason: string;
}

export interface Knowledge {
  readonly releases: ReleaseCatalogue;
  readonly lifeTimeReleases: ReleaseCatalogue;
  readonly toolReleases: readonly ToolRelease[];
  readonly breakingChanges: readonly BreakingChange[];
  readonly knownIssues: readonly KnownIssue[];
}

/** `environment` is `null` where the whole infrastructure is meant. */
export interface RuleRemark {
  readonly rule: string;
  readonly environment: string | null;
  readonly text: string;
}

/** Why it cannot start. */
export interface Refusal {
  readonly rule: string;
  readonly environment: string | null;
  readonly code: ErrorCode;
  readonly reason: string;
  /** What gets further. */
  readonly next: string;
}

/** Blocks the approval of a plan until it is acknowledged with a reason. */
export interface EntryToHandle {
  readonly entry: string;
  readonly summary: string;
  readonly action: string;
  readonly environments: readonly string[];
  /** `null`: nobody has. */
  readonly acknowledgement: { readonly by: string; readonly reason: string } | null;
}

export interface EnvironmentAnalysis {
  readonly name: string;
  readonly from: string;
  readonly path: UpgradePath;
}

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
  readonly questions: readonly Question[];
  readonly toHandle: readonly EntryToHandle[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly RuleRemark[];
}

/** Throws RELEASE_UNKNOWN when no target is given and none can be proposed; whatever else is wrong is a refusal. */
export function analysis(request: AnalysisRequest, knowledge: Knowledge): Analysis {
  const to = request.to ?? proposedTarget(request, knowledge);
  const environments = request.environments.map((environment) => analysed(environment, to, request, knowledge));
  const lifeTime = lifeTimeAdvice(
    request.lifeTime,
    environments.map(({ path }) => path),
    request.facts['lifetime-shared-environment'],
    knowledge.lifeTimeReleases,
  );
  const subjects = subjectsOf(request, environments, to, lifeTime.decision);
  const breakingChanges = changesThatConcern(knowledge.breakingChanges, subjects, request.owners);
  const knownIssues = issuesThatConcern(knowledge.knownIssues, subjects);
  return {
    infrastructure: request.infrastructure,
    to,
    proposed: request.to === undefined,
    components: componentVersions(
      { environments: request.environments, lifeTime: installedLifeTime(request.lifeTime) },
      knowledge.releases,
      knowledge.lifeTimeReleases,
      knowledge.toolReleases,
    ),
    lifeTime: lifeTime.decision,
    environments,
    releases: releasesBetween(environments, to, knowledge.releases),
    breakingChanges,
    knownIssues,
    questions: questionsAbout(breakingChanges, knownIssues),
    toHandle: entriesToHandle(breakingChanges, request.acknowledgements),
    refusals: [
      ...targetRefusals(to, request),
      ...environments.flatMap(pathRefusals),
      ...environments.flatMap(({ name }) => personalRefusals(name, request)),
      ...lifeTime.refusals,
      ...knownIssues.flatMap(issueRefusals),
    ],
    warnings: [...lifeTime.warnings, ...environments.flatMap(pathWarnings)],
  };
}

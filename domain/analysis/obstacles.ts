/** What the analysis found in the way: why an upgrade cannot start, what is warned of, what has to be handled before an approval. */

import { type ChangeConcern, type IssueConcern, mustBeHandled } from '../knowledge/concerns.js';
import { factNames, isFact } from '../knowledge/facts.js';
import { nearestName } from '../nearestName.js';
import { isVersion } from '../releases/version.js';
import type { Acknowledgement, AnalysisRequest, EnvironmentToUpgrade } from './analysisRequest.js';
import type { EntryToHandle, EnvironmentAnalysis, Refusal, RuleRemark } from './findings.js';

/** `offered`: releases that can be installed, by name; without it every release is. Where all run the target, none has to be. */
export function targetRefusals(
  to: string,
  offered: readonly string[] | undefined,
  environments: readonly EnvironmentAnalysis[],
): readonly Refusal[] {
  const installed = environments.length > 0 && environments.every(({ path }) => path.kind === 'nothing to install');
  if (!isVersion(to) || installed || offered === undefined || offered.includes(to)) return [];
  return [
    {
      rule: 'VER-08',
      environment: null,
      code: 'RELEASE_UNKNOWN',
      reason: `The release ${to} cannot be installed here; there are ${offered.join(', ') || 'none'}`,
      next: 'choose one of these, or add the release to those that can be installed',
    },
  ];
}

export function pathRefusals({ name, path }: EnvironmentAnalysis): readonly Refusal[] {
  if (path.kind !== 'refused') return [];
  const { code, reason, next } = path;
  return [{ rule: code === 'VERSION_DOWNGRADE' ? 'VER-10' : 'VER-08', environment: name, code, reason, next }];
}

/** COMP-04 */
export function personalRefusals(
  { environment: { name }, facts }: EnvironmentToUpgrade,
  request: AnalysisRequest,
): readonly Refusal[] {
  if (!{ ...request.facts, ...facts }['personal-environment']) return [];
  return [
    {
      rule: 'COMP-04',
      environment: name,
      code: 'PATH_UNSUPPORTED',
      reason: `${name} is a personal environment, which is upgraded in a way of its own`,
      next: 'leave it out, and upgrade it from its own page',
    },
  ];
}

/** A fact under a name that nothing asks for would be believed to have been stated. */
export function factRefusals({ facts, environments }: AnalysisRequest): readonly Refusal[] {
  const stated = [facts ?? {}, ...environments.map((environment) => environment.facts ?? {})];
  const unknown = [...new Set(stated.flatMap(Object.keys))].filter((name) => !isFact(name));
  return unknown.map((name) => {
    const meant = nearestName(name, factNames);
    return {
      rule: 'ANA-01',
      environment: null,
      code: 'INPUT_INVALID',
      reason: `"${name}" is no fact that anything depends on${meant === undefined ? '' : `; perhaps "${meant}" is meant`}`,
      next: 'state facts under the names that the analysis shows',
    };
  });
}

/** An acknowledgement that meets nothing: its entry does not concern this upgrade, or has another name. */
export function acknowledgementWarnings(
  acknowledgements: readonly Acknowledgement[],
  toHandle: readonly EntryToHandle[],
): readonly RuleRemark[] {
  const idle = acknowledgements.filter(({ entry }) => !toHandle.some((one) => one.entry === entry));
  return idle.map(({ entry, by }) => ({
    rule: 'ANA-01',
    environment: null,
    text: `${by} acknowledged ${entry}, which does not have to be handled in this upgrade.`,
  }));
}

/** Only where all conditions are known to hold; one that is not known is told (ANA-01). */
export function issueRefusals({ entry, applies }: IssueConcern): readonly Refusal[] {
  if (entry.consequence !== 'refuse') return [];
  return applies.map((subject) => ({
    rule: 'ANA-01',
    environment: subject,
    code: 'KNOWN_ISSUE',
    reason: `${entry.id}: ${entry.summary}`,
    next: entry.guidance,
  }));
}

export function pathWarnings({ name, path }: EnvironmentAnalysis): readonly RuleRemark[] {
  if (path.kind === 'refused') return [];
  const optional = path.acknowledgements.map(({ rule, text }) => ({
    rule,
    text: `Publish all is planned, whatever the file says: ${text}`,
  }));
  return [...path.warnings, ...optional].map((remark) => ({ ...remark, environment: name }));
}

/** Changes of high effort that are known to apply, and rules that were waived: the approvers see who did, and why. */
export function entriesToHandle(
  changes: readonly ChangeConcern[],
  environments: readonly EnvironmentAnalysis[],
  acknowledgements: readonly Acknowledgement[],
): readonly EntryToHandle[] {
  const acknowledged = (entry: string) => {
    const found = acknowledgements.find(
      (one) => one.entry === entry && one.reason.trim() !== '' && one.by.trim() !== '',
    );
    return found ? { by: found.by.trim(), reason: found.reason.trim() } : null;
  };
  const found = changes
    .filter(({ entry, applies }) => applies.length > 0 && mustBeHandled(entry))
    .map(({ entry: { id, summary, action }, applies }) => ({ entry: id, summary, action, environments: applies }));
  const loaded = environments.filter(
    ({ path }) => path.kind === 'upgrade' && path.applications === 'gradual' && path.rules.includes('VER-07'),
  );
  const waived = {
    entry: 'VER-07',
    summary: 'Applications are published gradually although that leaves high CPU load on the front ends.',
    action: 'Publish all, or watch the load until every application is published.',
    environments: loaded.map(({ name }) => name),
  };
  return [...found, ...(loaded.length > 0 ? [waived] : [])].map((entry) => ({
    ...entry,
    acknowledgement: acknowledged(entry.entry),
  }));
}

/** What is analysed, and knowledge of nothing but the entries given. */
import type { AnalysisRequest, EnvironmentToUpgrade } from '../../domain/analysis/analysisRequest.js';
import type { Stage } from '../../domain/infrastructure/infrastructure.js';
import type { BreakingChange } from '../../domain/knowledge/breakingChange.js';
import { knowledge } from '../../domain/knowledge/knowledge.js';
import type { KnownIssue } from '../../domain/knowledge/knownIssue.js';
import type { Facts } from '../../domain/knowledge/situation.js';
import { analysisOf, environment, factory } from './infrastructures.js';

export function upgraded(
  from: string,
  changes: Partial<EnvironmentToUpgrade> = {},
  name = 'Development',
  stage: Stage = 'development',
) {
  return { environment: environment(name, stage), from, modules: factory(30), ...changes };
}

export function stated(facts: Facts, from = '11.18.1', request: Partial<AnalysisRequest> = {}) {
  return analysisOf([upgraded(from)], { facts, ...request });
}

export function issue(changes: Partial<KnownIssue>): KnownIssue {
  return {
    id: 'RPM-1',
    product: 'platform',
    affects: {},
    conditions: [],
    fixedIn: null,
    lowerBound: 'stated',
    summary: 'It stops.',
    consequence: 'refuse',
    guidance: 'Choose another target.',
    source: 'docs',
    ...changes,
  };
}

export function change(changes: Partial<BreakingChange>): BreakingChange {
  return {
    id: '11.20.0-change',
    introducedIn: '11.20.0',
    component: 'platform',
    kind: 'breaking-change',
    area: 'REST',
    appliesTo: ['all'],
    summary: 'It changed.',
    howToFind: 'Look.',
    action: 'Change it.',
    effort: 'high',
    source: 'docs',
    ...changes,
  };
}

/** Knows nothing but these entries. */
export function only(entries: { issues?: readonly KnownIssue[]; changes?: readonly BreakingChange[] }) {
  return { ...knowledge, knownIssues: entries.issues ?? [], breakingChanges: entries.changes ?? [] };
}

export function requestFor(
  environments: readonly EnvironmentToUpgrade[],
  changes: Partial<AnalysisRequest> = {},
): AnalysisRequest {
  return {
    infrastructure: 'acme',
    environments,
    to: '11.41.0',
    lifeTime: { release: '11.33.0', newest: true },
    ...changes,
  };
}

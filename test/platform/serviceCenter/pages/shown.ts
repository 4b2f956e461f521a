/** What pages of Service Center show, made up, and how it reads. */
import { type HtmlValue, markupOf } from '../../../../http/html.js';
import type { EmbeddedEnvironment } from '../../../../platform/embedded/facts.js';
import type {
  DeploymentDetail,
  Execution,
  ModuleDetail,
  PreparationDetail,
} from '../../../../platform/embedded/serviceCenter/operations.js';

/** The text, on one line. */
export function textOf(content: HtmlValue): string {
  const text = markupOf(content).replace(/<[^>]+>/g, ' ');
  return text.replaceAll('&#39;', "'").replaceAll('&gt;', '>').replaceAll('&lt;', '<').replace(/\s+/g, ' ').trim();
}

/** The names of what a page says of one thing, each with what it says. */
export function factsOf(content: HtmlValue): readonly (readonly [name: string, value: string])[] {
  return [...markupOf(content).matchAll(/<dt>(.*?)<\/dt><dd>([\s\S]*?)<\/dd>/g)].map(
    ([, name = '', value = '']) => [name, readable(value)] as const,
  );
}

/** The rows of its tables, the heads first. */
export function rowsOf(content: HtmlValue): readonly (readonly string[])[] {
  return [...markupOf(content).matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => readable(cell)),
  );
}

/** Where it leads, and where its forms go. */
export function targetsOf(content: HtmlValue): readonly string[] {
  return [...markupOf(content).matchAll(/(?:href|action)="([^"]*)"/g)].map(([, target = '']) => target);
}

/** The badges, each with its colour. */
export function badgesOf(content: HtmlValue): readonly string[] {
  return [...markupOf(content).matchAll(/<span class="badge (\w+)">([^<]*)</g)].map(
    ([, tone, text]) => `${text}: ${tone}`,
  );
}

function readable(markup: string): string {
  return markup
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

export const at = '2026-03-01T10:00:00.000Z';
export const later = '2026-03-01T11:30:05.000Z';

export function environment(changes: Partial<EmbeddedEnvironment> = {}): EmbeddedEnvironment {
  return {
    known: { kind: 'observed' },
    infrastructure: 'acme',
    name: 'Development',
    stage: 'development',
    serverRelease: '11.41.0',
    serviceCenterRelease: '11.41.0',
    systemComponentsRelease: '11.41.0',
    frontEnds: [],
    applicationsUrl: 'http://127.0.0.1:8080',
    serviceCenterUrl: 'http://127.0.0.1:8081',
    hold: null,
    door: null,
    ...changes,
  };
}

/** Prepared, deployed and free. */
export function module(name: string, changes: Partial<ModuleDetail> = {}): ModuleDetail {
  return {
    name,
    known: { kind: 'observed' },
    ownerTeam: null,
    application: 'Claims',
    kind: 'web',
    state: 'prepared',
    release: '11.41.0',
    deployedRelease: '11.41.0',
    upToDate: true,
    publishable: true,
    lock: null,
    cause: null,
    diagnostics: [],
    version: '1.0.0',
    publishedAt: at,
    producers: [],
    consumers: [],
    settings: {},
    ...changes,
  };
}

export function execution(step: Execution['step'], id: number, changes: Partial<Execution> = {}): Execution {
  return {
    step,
    id,
    release: '11.41.0',
    status: 'finished',
    requestedBy: 'ana',
    started: at,
    ended: later,
    percent: 100,
    counts: { done: 5, failed: 0, skipped: 0, left: 0 },
    ...changes,
  };
}

/** Ended well. */
export function preparation(changes: Partial<PreparationDetail> = {}): PreparationDetail {
  return {
    preparation: 7,
    environment: 'Development',
    release: '11.41.0',
    scope: 'unfinished',
    status: 'finished',
    requestedBy: 'ana',
    startedAt: at,
    endedAt: later,
    groups: 1,
    prepared: 9,
    preparedInIt: 3,
    failed: 0,
    skipped: 0,
    notApplicable: 1,
    left: 0,
    percent: 100,
    timeLeft: null,
    meanTimes: null,
    failures: [],
    preparationGroups: [],
    unfinished: [],
    latest: true,
    advice: [],
    ...changes,
  };
}

/** Ended well. */
export function deployment(changes: Partial<DeploymentDetail> = {}): DeploymentDetail {
  return {
    deployment: 4,
    environment: 'Development',
    release: '11.41.0',
    status: 'finished',
    requestedBy: 'bo',
    startedAt: at,
    endedAt: later,
    deployed: 2,
    failed: 0,
    skipped: 0,
    left: 0,
    fullyUpgraded: true,
    notDeployed: [],
    drift: [],
    items: [],
    ...changes,
  };
}

/** Plans as people read them: in the terminal and as a page. */
import { planHtml } from '../../client/pages/plan/planHtml.js';
import { planText } from '../../client/pages/plan/planText.js';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import type { PlanRequest } from '../../domain/plan/plan.js';
import {
  analysisOf,
  environment,
  infrastructure,
  lifecycle,
  plannedFor,
  planRequest,
  toUpgrade,
} from '../domain/infrastructures.js';

export const hash = 'f38c023985a7b98dbbd27863437978a1cef15b81b62e69c02122cd7e7833c5c6';
export const zeroDowntime = { kind: 'zero downtime', businessReason: 'claims are filed at night' } as const;

export function request(
  environments: readonly Environment[] = lifecycle,
  changes: Partial<PlanRequest> = {},
): PlanRequest {
  return planRequest(infrastructure(environments), changes);
}

/** Coming from 11.18.1 with an Oracle database, which has to be handled. */
export function oracleRequest(acknowledged: boolean): PlanRequest {
  const environments = toUpgrade(lifecycle);
  const acknowledgements = [{ entry: '11.33.0-oracle-18c-dropped', by: 'rui', reason: 'we run 19c' }];
  const analysis = analysisOf(environments, {
    to: '11.40.0',
    facts: { oracle: true },
    ...(acknowledged ? { acknowledgements } : {}),
  });
  return request(lifecycle, { environments, analysis });
}

export function text(of: PlanRequest = request()): string {
  return planText({ hash, plan: plannedFor(of), analysis: of.analysis });
}

export function page(of: PlanRequest = request()): string {
  return planHtml({ hash, plan: plannedFor(of), analysis: of.analysis });
}

/** Development has one front end, which is replaced in place. */
export const oneFrontEnd = [
  environment('Development', 'development', { zones: [{ name: 'Main', frontEnds: ['d1'] }] }),
  ...lifecycle.slice(1),
];

/** Elements that are not closed, or closed where they do not stand open. */
export function unclosed(html: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name = '', closed] of html.matchAll(/<(\/?)([a-z][\w-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closed || ['meta', 'br'].includes(name)) continue;
    if (!slash) open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [`</${name}> in ${open.join(' > ')}`];
  }
  return open;
}

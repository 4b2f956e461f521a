/** What decides, and no key of uplift.yaml can say: the plan assumes the usual, and says so, for the approvers to look at. */

import { inRange } from '../releases/version.js';
import type { Analysis } from './analysis.js';
import type { RuleRemark } from './findings.js';

export function assumptions({ lifeTime, to }: Pick<Analysis, 'lifeTime' | 'to'>): readonly RuleRemark[] {
  return [
    assumed('COMP-04', 'no environment is a personal one'),
    ...(lifeTime.kind === 'not described'
      ? []
      : [assumed('COMP-03', 'LifeTime shares no environment with applications')]),
    ...(inRange(to, '11.9.0', '11.12.0')
      ? [assumed('VER-03', 'no environment takes part in the early access programme of gradual upgrades')]
      : []),
  ];
}

const assumption = 'Assumed, for uplift.yaml cannot say it: ';

function assumed(rule: string, what: string): RuleRemark {
  return { rule, environment: null, text: `${assumption}${what}.` };
}

/** What a remark assumes; undefined: it assumes nothing. */
export function assumedText(text: string): string | undefined {
  return text.startsWith(assumption) ? text.slice(assumption.length, -1) : undefined;
}

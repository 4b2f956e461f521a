/** A plan with its analysis as one page: no script, nothing from elsewhere, readable offline and on paper (PLAN-06). */

import { html, markupOf } from '../../../http/html.js';
import { pageHead } from '../pageHead.js';
import { analysisSections } from './analysisSections.js';
import { planSections } from './planSections.js';
import type { AnalysedPlan } from './planText.js';
import { summarySection } from './summarySection.js';
import { momentText } from './wording.js';

export function planHtml({ hash, plan, analysis }: AnalysedPlan): string {
  const { infrastructure, to } = plan.decisions;
  const title = `Upgrade of ${infrastructure} to ${to}`;
  return markupOf(html`${pageHead(title)}
<body>
<a class="skip" href="#content">Skip to the plan</a>
<header>
<p class="kind">Upgrade plan</p>
<h1>${infrastructure} <span>to</span> ${to}</h1>
<p class="made">Made ${momentText(plan.forecast.madeAt, 'UTC')} UTC, asked for by ${plan.forecast.requester ?? 'nobody known'}. Plan <code>${hash.slice(0, 12)}</code></p>
</header>
<main id="content">
${summarySection(plan, analysis)}
${planSections(plan)}
${analysisSections(analysis)}
</main>
<footer>
<p>What is approved is the hash of the decisions; times, durations and lists are forecasts and may change without voiding an approval.</p>
<p>Hash <code>${hash}</code></p>
</footer>
</body>
</html>
`);
}

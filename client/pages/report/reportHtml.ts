/** The account of an upgrade as one page: no script, nothing from elsewhere, readable offline and on paper. */
import { type Html, html, markupOf } from '../../../http/html.js';
import { pageHead } from '../pageHead.js';
import { section } from '../section.js';
import { table } from '../table.js';
import type { Account, AccountOfEnvironment } from './account.js';
import {
  gateRows,
  messageRows,
  resultTexts,
  rollbackTexts,
  spanText,
  timesRow,
  titleText,
  tookText,
} from './wording.js';

export function reportHtml(account: Account): string {
  const { upgrade, environments, runs } = account;
  const title = `${upgrade.upgrade}: ${titleText(upgrade)}`;
  return markupOf(html`${pageHead(title)}
<body>
<a class="skip" href="#content">Skip to the report</a>
<header>
<p class="kind">Upgrade report</p>
<h1>${upgrade.upgrade} <span>to</span> ${upgrade.to}</h1>
<p class="made">${titleText(upgrade)}. Asked for by ${upgrade.requestedBy ?? 'nobody known'}. ${tookText(upgrade)}</p>
</header>
<main id="content">
${section('environments', 'Environments', environments.map(environmentPart))}
${section('rollbacks', 'Taken back', list(rollbackTexts(account)))}
${section('gates', 'Gates', [
  table({
    caption: 'Gates that were opened, and by whom',
    columns: ['When', 'Where', 'Gate', 'Approved by', 'Accepted as it is'],
    rows: gateRows(account),
  }),
])}
${section('messages', 'Messages', [
  table({
    caption: 'Everything that was sent to its runs, taken or refused; names are claims of whoever sent it',
    columns: ['When', 'Where', 'Message', 'By', 'Reason'],
    rows: messageRows(account),
  }),
])}
${section('runs', 'Runs', [
  table({
    caption: 'Runs that worked for it, as Temporal knows them',
    columns: ['Workflow', 'Run'],
    rows: runs.map(({ workflow, run }) => [workflow, run]),
  }),
])}
</main>
<footer>
<p>Plan <code>${upgrade.plan}</code></p>
</footer>
</body>
</html>
`);
}

function environmentPart(environment: AccountOfEnvironment): Html {
  const { name, from, to, strategy, outcome, planned, happened, times } = environment;
  return html`<h3>${name}: ${outcome}</h3>
<p>${from} to ${to}, ${strategy}. Planned ${spanText(planned)}; happened ${happened ? spanText(happened) : 'not'}.</p>
${list(resultTexts(environment))}${table({
  caption: `Times of ${name}, planned and as they were`,
  columns: ['What', 'Planned', 'Happened'],
  rows: times.map(timesRow),
})}`;
}

function list(texts: readonly string[]): readonly Html[] {
  return texts.length === 0 ? [] : [html`<ul>${texts.map((text) => html`<li>${text}</li>\n`)}</ul>\n`];
}

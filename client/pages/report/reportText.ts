/** The account of an upgrade for the terminal. */
import { columns, indented } from '../../words.js';
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

/** Ends without a line break. */
export function reportText(account: Account): string {
  const { upgrade, environments, runs } = account;
  const head = [
    ['asked for by', upgrade.requestedBy ?? 'nobody known'],
    ['plan', `${upgrade.plan.slice(0, 12)} (uplift plan ${upgrade.plan.slice(0, 12)})`],
    ['time', tookText(upgrade)],
  ];
  return [
    `${upgrade.upgrade}  ${titleText(upgrade)}\n${indented(columns(head))}`,
    ...environments.map(environmentText),
    section('TAKEN BACK', rollbackTexts(account).join('\n')),
    section('GATES OPENED', columns(gateRows(account))),
    section('MESSAGES', columns(messageRows(account))),
    section('RUNS', columns(runs.map(({ workflow, run }) => [workflow, run]))),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function environmentText(environment: AccountOfEnvironment): string {
  const { name, from, to, strategy, outcome, planned, happened, times } = environment;
  const spans = [
    ['planned', spanText(planned)],
    ['happened', happened ? spanText(happened) : outcome],
  ];
  return section(
    `${name.toUpperCase()}: ${outcome}, ${from} → ${to}, ${strategy}`,
    [columns(spans), ...resultTexts(environment), columns([['', 'planned', 'happened'], ...times.map(timesRow)])].join(
      '\n',
    ),
  );
}

/** Without content there is no section. */
function section(title: string, content: string): string {
  return content === '' ? '' : `${title}\n${indented(content)}`;
}

/** How an account is worded, in the terminal and on its page. */
import { withoutMessage } from '../../../domain/gates/gate.js';
import { clockText } from '../../../domain/text.js';
import type { PastRollback, PastUpgrade } from '../../../store/history.js';
import { counted, duration, preparedText } from '../../words.js';
import type { Account, AccountOfEnvironment, ComparedTime } from './account.js';

export function spanText(span: { readonly start: string; readonly end: string } | null): string {
  return span ? `${clockText(span.start)} to ${clockText(span.end)}` : 'not known';
}

/** What it was about, and how it ended. */
export function titleText({ infrastructure, environment, to, outcome }: PastUpgrade): string {
  return `${environment ?? infrastructure} to ${to}: ${outcome}`;
}

export function tookText({ startedAt, endedAt }: PastUpgrade): string {
  if (endedAt === null) return `from ${clockText(startedAt)} on, not ended`;
  const took = duration(Date.parse(endedAt) - Date.parse(startedAt));
  return `${clockText(startedAt)} to ${clockText(endedAt)}, ${took} with all waiting`;
}

function timeText(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  return milliseconds === 0 ? 'none' : duration(milliseconds);
}

/** What a step took beside what was expected. */
export function timesRow({ name, planned, happened }: ComparedTime): readonly string[] {
  return [name, timeText(planned), timeText(happened)];
}

/** What the upgrade of an environment came to, in sentences; none when it did not end. */
export function resultTexts({ report }: AccountOfEnvironment): readonly string[] {
  if (!report) return [];
  const { preparation, deployment, acceptedModules, checks, approvals } = report;
  return [
    `modules: ${preparedText(preparation)}`,
    deployment ? `${counted(deployment.deployed, 'module')} deployed` : 'nothing deployed: teams publish themselves',
    ...(acceptedModules.length > 0 ? [`accepted as they are: ${acceptedModules.join(', ')}`] : []),
    `${checks.checked - checks.failures} of ${checks.checked} hot points answered well, ${counted(checks.newErrors, 'new error')}`,
    ...(checks.signed.length > 0 ? [`signed: ${checks.signed.join('; ')}`] : []),
    ...(approvals.length > 0 ? [`approved: ${approvals.join(', ')}`] : []),
  ];
}

export function gateRows({ gates }: Account): readonly (readonly string[])[] {
  return gates.map(({ openedAt, environment, gate, approvers, accepted }) => [
    clockText(openedAt),
    environment ?? 'all',
    gate,
    approvers.join(', '),
    accepted.join(', '),
  ]);
}

/** Everything that anybody sent, taken or not. */
export function messageRows({ messages }: Account): readonly (readonly string[])[] {
  return messages.map(({ at, environment, name, by, reason, payload, refusal }) => [
    clockText(at),
    environment ?? 'all',
    [name, ...aboutTexts(payload)].join(' '),
    by ?? 'nobody named',
    refusal === null ? (reason ?? '') : `refused: ${withoutMessage(refusal)}`,
  ]);
}

export function rollbackTexts({ rollbacks }: Account): readonly string[] {
  return rollbacks.map(rollbackText);
}

function rollbackText({ environment, at, report }: PastRollback): string {
  const by = typeof report['requestedBy'] === 'string' ? `, asked for by ${report['requestedBy']}` : '';
  const reason = typeof report['reason'] === 'string' ? `: ${report['reason']}` : '';
  return `${environment} was taken back ${clockText(at)}${by}${reason}`;
}

/** Which gate, or which task and how it ended; anybody may have sent anything. */
function aboutTexts({ gate, task, outcome }: Readonly<Record<string, unknown>>): readonly string[] {
  const texts = [gate, typeof task === 'number' ? String(task) : undefined, outcome];
  return texts.filter((text) => typeof text === 'string');
}

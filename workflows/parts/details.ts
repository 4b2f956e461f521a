/** Current details: what runs, what it waits for, what to send. Markdown of at most 2 KB, lists rather than tables. */

import { ids } from '../../contract/ids.js';
import { withoutMessage } from '../../domain/gates/gate.js';
import { toFillIn } from '../../domain/gates/person.js';
import { type ClosedDoor, doorText, whatOpensTheDoor } from '../../domain/goLive/door.js';
import { clockText, counted, shortened } from '../../domain/text.js';
import type { DeployTurn, OpenDeployment } from '../../port/deployment.js';
import type { OpenPreparation, Turn } from '../../port/preparation.js';
import type { RunProgress, TasksStatus } from '../messages.js';
import type { ExecutionView } from './execution.js';
import { goLiveGate, type WaitingGate } from './gate.js';
import type { Refusals } from './refusals.js';
import type { RunPlan, RunSubject } from './runPlan.js';
import { taskLines, tasksWaitFor } from './taskDetails.js';

type Paused = { readonly by: string; readonly reason: string } | null;

interface UpgradeView {
  readonly subject: RunSubject;
  readonly plan: RunPlan | undefined;
  readonly step: string;
  readonly remark: string | undefined;
  readonly progress: RunProgress | null;
  readonly gate: WaitingGate | null;
  readonly tasks: TasksStatus | null;
  /** What it waits for that is no person. */
  readonly awaited: string | null;
  readonly paused: Paused;
  readonly stopping: { readonly requestedBy: string } | undefined;
  readonly doorClosed: ClosedDoor | null;
  readonly refusals: ReturnType<Refusals['all']>;
  readonly token: string;
  /** Of the run itself. */
  readonly workflowId: string;
}

/** Characters of a gate's question that are shown, and of each of its sentences; `uplift status` shows all of it. */
const shownQuestion = 1_500;
const shownSentence = 240;

export function upgradeDetails({
  subject,
  plan,
  step,
  remark,
  progress,
  gate,
  tasks,
  awaited,
  paused,
  stopping,
  doorClosed,
  refusals,
  token,
  workflowId,
}: UpgradeView): string {
  const { infrastructure, environment, to } = subject;
  return lines(
    `**${environment ?? infrastructure} to ${plan?.to ?? to ?? 'the newest release'}**${plan ? `, upgrade ${plan.upgrade}` : ''}`,
    '',
    `- step: **${step}**${remark ? `, ${remark}` : ''}${progress ? progressText(progress) : ''}`,
    `- waits for: ${waitedFor(gate, tasks, awaited)}`,
    ...(doorClosed ? [`- **${literal(doorText(doorClosed))}**; ${whatOpensTheDoor}`] : []),
    ...pausedLines(paused),
    ...(stopping ? [`- **stops** before its next step, as ${literal(stopping.requestedBy)} asked`] : []),
    ...(plan ? [`- plan: ${plan.summary}, hash \`${plan.hash.slice(0, 12)}\``] : []),
    ...linksTo(subject, step, workflowId),
    ...(gate ? gateLines(gate, token) : []),
    ...(tasks ? taskLines(tasks, gate ? 'beside a gate' : 'alone') : []),
    ...refusedLines(refusals),
  );
}

/** What is expected was so when the step began: nothing is written again while it goes on. */
function progressText({ position, of, began, expected, closes }: RunProgress): string {
  const end = expected && new Date(Date.parse(began) + expected.now + expected.later).toISOString();
  const ends = end ? `; expected to end ${clockText(end)}` : '';
  return `, ${position} of ${of}${ends}${closes === null ? '' : `; the window closes ${clockText(closes)}`}`;
}

/** The run that does the step, where another one does. */
function linksTo({ infrastructure, environment }: RunSubject, step: string, self: string): string[] {
  const link = (text: string, id: string) =>
    id === self ? [] : [`- [${text}](/namespaces/{namespace}/workflows/${encodeURIComponent(id)})`];
  const executed = /^execution of (.+)$/.exec(step)?.[1];
  if (executed !== undefined)
    return link(`the upgrade of ${executed}`, ids.upgradeEnvironment(infrastructure, executed));
  if (environment === undefined) return [];
  if (step === 'go live') return link('its go live', ids.goLive(infrastructure, environment));
  if (step === 'preparation') return link('the preparation', ids.prepare(infrastructure, environment));
  if (step === 'deployment') return link('the deployment', ids.deploy(infrastructure, environment));
  return [];
}

function waitedFor(gate: WaitingGate | null, tasks: TasksStatus | null, awaited: string | null): string {
  const waited = [
    ...(gate ? [waitsFor(gate)] : []),
    ...(tasks?.open ? [tasksWaitFor(tasks)] : []),
    ...(awaited === null ? [] : [awaited]),
  ];
  return waited.join(', and ') || 'nobody';
}

function waitsFor(gate: WaitingGate): string {
  const missing = missingApprovals(gate);
  return `**${missing} more ${missing === 1 ? 'approval' : 'approvals'} of gate ${gate.question.gate}**`;
}

export function missingApprovals({ standing: { state } }: WaitingGate): number {
  return state.kind === 'waiting' ? state.missing : 0;
}

/** The approval that opens the gate, with the approver's name left to fill in: as it is, it is refused. */
export function approvalToSend({ question, standing }: WaitingGate, token: string): Record<string, unknown> {
  const answer = { gate: question.gate, plan: question.plan, token, approver: toFillIn.name };
  return standing.toAccept.length === 0 ? answer : { ...answer, accept: standing.toAccept, reason: toFillIn.reason };
}

function gateLines(gate: WaitingGate, token: string): string[] {
  const { expiresAt, notes } = gate.standing;
  const expires = expiresAt === null ? [] : [`Expires ${clockText(new Date(expiresAt).toISOString())}`];
  return [
    '',
    '**What it asks**',
    '',
    ...[...beginningOf(gate.asks), ...notes, ...expires].map((text) => `- ${cut(text, shownSentence)}`),
    '',
    gate.question.gate === goLiveGate
      ? 'Send the signal **approve**, or **goLive** without the gate (or the update, which answers):'
      : 'Send the signal **approve** (or the update, which answers):',
    '```json',
    JSON.stringify(approvalToSend(gate, token), null, 1),
    '```',
  ];
}

/** The first lines, and how many more there are. */
function beginningOf(asks: readonly string[]): readonly string[] {
  let characters = 0;
  const shown = asks.filter((text) => {
    characters += Math.min(text.length, shownSentence);
    return characters <= shownQuestion;
  });
  const more = asks.length - shown.length;
  return more === 0 ? shown : [...shown, `${counted(more)} more: uplift status shows all`];
}

interface RollbackView {
  readonly environment: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly step: string;
  readonly gate: WaitingGate | null;
  readonly refusals: ReturnType<Refusals['all']>;
  readonly token: string;
}

export function rollbackDetails({
  environment,
  requestedBy,
  reason,
  step,
  gate,
  refusals,
  token,
}: RollbackView): string {
  return lines(
    `**Rollback of ${environment}**, asked for by ${literal(requestedBy)}: ${cut(reason)}`,
    '',
    `- step: **${step}**`,
    `- waits for: ${gate ? waitsFor(gate) : 'nobody'}`,
    ...(gate ? gateLines(gate, token) : []),
    ...refusedLines(refusals),
  );
}

interface PreparationView extends ExecutionView<OpenPreparation, Extract<Turn, { kind: 'group' }>> {
  readonly request: { readonly environment: string };
}

export function preparationDetails({ request, opened, turn, paused, refusals }: PreparationView): string {
  const total = opened?.modules ?? 0;
  const left = turn?.left ?? total;
  return lines(
    `**Preparation of ${request.environment}**${opened ? ` for ${opened.release}` : ''}`,
    '',
    ...(opened ? [`- ${total - left} of ${total} modules, ${left} left`] : []),
    ...(turn
      ? [`- last group: ${turn.group}: ${turn.prepared} prepared, ${turn.failed} failed, ${turn.skipped} skipped`]
      : []),
    ...(opened?.joined ? ['- it was open already and is gone on with'] : []),
    ...pausedLines(paused),
    '- cancel: stops after freeing every claim; **Prepare** goes on with what is left',
    ...refusedLines(refusals),
  );
}

interface DeploymentView extends ExecutionView<OpenDeployment, Extract<DeployTurn, { kind: 'deployed' }>> {
  readonly request: { readonly environment: string };
}

export function deploymentDetails({ request, opened, turn, paused, refusals }: DeploymentView): string {
  return lines(
    `**Deploy All of ${request.environment}**${opened ? ` in ${opened.release}` : ''}`,
    '',
    ...(opened ? [`- ${opened.modules} modules to deploy, ${turn?.left ?? opened.modules} left`] : []),
    ...(turn ? [`- ${turn.deployed} deployed, ${turn.failed} failed`] : []),
    ...pausedLines(paused),
    ...refusedLines(refusals),
  );
}

function pausedLines(paused: Paused): string[] {
  return paused ? [`- **paused** by ${literal(paused.by)}: ${cut(paused.reason)}; send \`resume\``] : [];
}

function refusedLines({ count, newest }: ReturnType<Refusals['all']>): string[] {
  if (count === 0) return [];
  const more = count > newest.length ? ` (${counted(count)} in all)` : '';
  return ['', `Refused messages, newest last${more}:`, ...newest.map((text) => `- ${cut(withoutMessage(text))}`)];
}

/** A text of others, on one line. */
function cut(text: string, most = 200): string {
  return literal(shortened(text, most));
}

/** As it is: what Markdown would take for markup, or for quotes to be curled, is shown as code. */
function literal(text: string): string {
  if (!/["'<>*_`~[\]\\|]|--/.test(text)) return text;
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

function lines(...all: readonly string[]): string {
  return all.join('\n');
}

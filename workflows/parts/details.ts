/** Current details: what runs, what it waits for, what to send. Markdown of at most 2 KB, lists rather than tables. */
import type { DeployTurn, OpenDeployment, OpenPreparation, Turn } from '../../platform/port.js';
import { ids } from '../ids.js';
import type { ExecutionView } from './execution.js';
import { goLiveGate, type WaitingGate } from './gate.js';
import type { RunPlan, RunSubject } from './upgradeRun.js';

type Paused = { readonly by: string; readonly reason: string } | null;

interface UpgradeView {
  readonly subject: RunSubject;
  readonly plan: RunPlan | undefined;
  readonly step: string;
  readonly remark: string | undefined;
  readonly gate: WaitingGate | null;
  readonly paused: Paused;
  readonly stopping: { readonly requestedBy: string } | undefined;
  readonly refusals: readonly string[];
  readonly token: string;
  /** Of the run itself. */
  readonly workflowId: string;
}

/** Lines of a gate's question that are shown; the rest is in Service Center. */
const shownLines = 8;

export function upgradeDetails({
  subject,
  plan,
  step,
  remark,
  gate,
  paused,
  stopping,
  refusals,
  token,
  workflowId,
}: UpgradeView): string {
  const { infrastructure, environment, to } = subject;
  return lines(
    `**${environment ?? infrastructure} to ${plan?.to ?? to ?? 'the newest release'}**${plan ? `, upgrade ${plan.upgrade}` : ''}`,
    '',
    `- step: **${step}**${remark ? `, ${remark}` : ''}`,
    `- waits for: ${gate ? `**${gate.missing} more ${gate.missing === 1 ? 'approval' : 'approvals'} of gate ${gate.gate.name}**` : 'nobody'}`,
    ...pausedLines(paused),
    ...(stopping ? [`- **stops** before its next step, as ${stopping.requestedBy} asked`] : []),
    ...(plan ? [`- plan: ${plan.summary}, hash \`${plan.hash}\``] : []),
    ...linksTo(subject, step, workflowId),
    ...(gate ? gateLines(gate, token) : []),
    ...refusedLines(refusals),
  );
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

/** The approval that opens the gate, with the approver's name left to fill in. */
export function approvalToSend({ gate, toAccept }: WaitingGate, token: string): Record<string, unknown> {
  const answer = { gate: gate.name, plan: gate.planHash, token, approver: 'YOUR NAME' };
  return toAccept.length === 0 ? answer : { ...answer, accept: toAccept, reason: 'WHY' };
}

function gateLines(gate: WaitingGate, token: string): string[] {
  return [
    '',
    ...gate.asks.slice(0, shownLines).map((text) => `> ${cut(text)}`),
    ...(gate.gate.expiresAt === undefined ? [] : [`> Expires ${new Date(gate.gate.expiresAt).toISOString()}`]),
    '',
    gate.gate.name === goLiveGate
      ? 'Send the signal **approve**, or **goLive** without the gate (or the update, which answers):'
      : 'Send the signal **approve** (or the update, which answers):',
    '```json',
    JSON.stringify(approvalToSend(gate, token), null, 1),
    '```',
  ];
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
  return paused ? [`- **paused** by ${paused.by}: ${paused.reason}; send \`resume\``] : [];
}

function refusedLines(refusals: readonly string[]): string[] {
  return refusals.length === 0
    ? []
    : ['', 'Refused messages, newest last:', ...refusals.map((text) => `- ${cut(text)}`)];
}

const longestLine = 200;

function cut(text: string): string {
  return text.length > longestLine ? `${text.slice(0, longestLine - 1)}…` : text;
}

function lines(...all: readonly string[]): string {
  return all.join('\n');
}

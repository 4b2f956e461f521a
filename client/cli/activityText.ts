/** What goes on in an environment, in sentences: how far it is, what waits for people and what they type. */
import { withoutMessage } from '../../domain/gates/gate.js';
import { clockText } from '../../domain/text.js';
import type { PreparationReport } from '../../port/preparation.js';
import type { RunProgress, RunStatus } from '../../workflows/messages.js';
import type { Execution } from '../serviceCenter.js';
import { duration, indented, typed } from '../words.js';
import type { Item } from './progress.js';
import { type Gate, type Run, type TellingProcedure, tells } from './runs.js';
import { waitingTasksText } from './taskText.js';
import type { Activity } from './view.js';

/** One item for each thing that goes on, in a fixed order. */
export function activityItems({ environment, runs, preparation, deployment }: Activity): readonly Item[] {
  return [
    ...runs.map((run) => ({
      key: `run ${run.workflowId}`,
      text: runText(environment, run),
      gone: `${environment}: ${runWords({ ...run, step: null })} has ended`,
    })),
    ...(preparation
      ? [
          {
            key: `preparation ${environment}`,
            text: `${environment}: ${preparationText(preparation)}`,
            gone: `${environment}: nothing is left to prepare now`,
          },
        ]
      : []),
    ...(deployment
      ? [
          {
            key: `deployment ${environment}`,
            text: `${environment}: ${deploymentText(deployment)}`,
            gone: `${environment}: nothing is left to deploy now`,
          },
        ]
      : []),
    ...runs.flatMap((run) => retryingItems(environment, run)),
    ...runs.flatMap((run) => waitingItems(environment, run)),
  ];
}

/** The run of an upgrade, or one that it waits for, that goes on only when a person does something. */
export function waitingForPeople(runs: readonly Run[]): Run | undefined {
  const steps = runs.filter(({ procedure }) => upgrading.includes(procedure)).map(({ step }) => step);
  const concerns = ({ procedure }: Run) =>
    upgrading.includes(procedure) ||
    (procedure === 'prepare' && steps.includes('preparation')) ||
    (procedure === 'deploy' && steps.includes('deployment'));
  return runs.find((run) => concerns(run) && (run.status?.gate ?? run.status?.paused ?? run.status?.tasks?.open));
}

const upgrading: readonly Run['procedure'][] = ['infrastructure', 'upgrade', 'go-live', 'rollback'];

export function preparationText({ percent, prepared, failed, skipped, left, timeLeft }: PreparationReport): string {
  const time = timeLeft === null || left === 0 ? '' : `, about ${duration(timeLeft)} left`;
  return `preparation ${percent} %: ${prepared} prepared, ${failed} failed, ${skipped} skipped, ${left} to do${time}`;
}

function deploymentText({ counts: { done, failed, left } }: Execution): string {
  return `Deploy All: ${done} deployed, ${failed} failed, ${left} to do`;
}

function runText(environment: string, run: Run): string {
  const { procedure, status } = run;
  const silent = tells(procedure) && status === null ? ' (no worker answers: uplift doctor)' : '';
  return `${environment}: ${runWords(run)}${silent}`;
}

function runWords({ procedure, release, step, status }: Run): string {
  const target = release === null ? '' : ` to ${release}`;
  const what = procedure === 'infrastructure' ? 'environment' : 'step';
  const far = status?.progress ? progressText(status.progress, what, Date.now()) : '';
  const at = step === null ? '' : `, ${far === '' ? 'step ' : ''}${step}${far}`;
  switch (procedure) {
    case 'infrastructure':
    case 'upgrade':
      return `upgrade${target}${at}`;
    case 'go-live':
      return `go live${target}${at}`;
    case 'rollback':
      return `rollback${target}${at}`;
    case 'prepare':
      return `preparation${target}`;
    case 'deploy':
      return 'Deploy All';
    case 'publish-all':
      return 'publish all';
    case 'publish':
      return 'publish of a module';
    case 'nightly':
      return 'nightly Deploy All';
  }
}

/** `, step 3 of 7, about 12 min left, the window closes 2026-11-28 04:00 UTC` */
export function progressText(
  { position, of, began, expected, closes }: RunProgress,
  what: 'step' | 'environment',
  now: number,
): string {
  const left = expected && Math.max(0, expected.now - (now - Date.parse(began))) + expected.later;
  return [
    `, ${what} ${position} of ${of}`,
    ...(left === null || left === 0 ? [] : [`about ${duration(left)} left`]),
    ...(closes === null ? [] : [`the window closes ${clockText(closes)}`]),
  ].join(', ');
}

/** Nothing is asked of people, and nothing gets further, until what is said is gone. */
function retryingItems(environment: string, { workflowId, retrying }: Run): Item[] {
  return retrying.map(({ activity, attempt, failure }) => ({
    key: `retrying ${workflowId} ${activity}`,
    text: `${environment}: ${activity} fails and is tried again (attempt ${attempt}): ${failure}`,
  }));
}

function waitingItems(environment: string, { procedure, workflowId, status }: Run): Item[] {
  if (!status || !tells(procedure)) return [];
  const { gate, tasks, paused, refusals, awaits } = status;
  const items: Item[] = [];
  if (awaits)
    items.push({
      key: `awaits ${workflowId}`,
      text: `${environment}: waits for ${awaits}`,
      gone: `${environment}: goes on`,
    });
  if (paused)
    items.push({
      key: `paused ${workflowId}`,
      text: pausedText(environment, procedure, paused),
      gone: `${environment}: goes on, it is not paused any more`,
    });
  if (gate)
    items.push({
      key: `gate ${workflowId}`,
      text: gateText(environment, procedure, gate),
      gone: `${environment}: the gate ${gate.name} waits no more`,
    });
  if (tasks?.open)
    items.push({
      key: `tasks ${workflowId}`,
      text: waitingTasksText(environment, tasks, Date.now()),
      gone: `${environment}: no task waits any more`,
    });
  const last = refusals.at(-1);
  if (last !== undefined)
    items.push({ key: `refused ${workflowId}`, text: `${environment}: refused ${withoutMessage(last)}` });
  return items;
}

function pausedText(
  environment: string,
  procedure: TellingProcedure,
  { by, reason }: NonNullable<RunStatus['paused']>,
): string {
  const which = procedure === 'infrastructure' ? '' : ` ${typed(environment)} --run ${procedure}`;
  const resume = `uplift resume${which} --as NAME --reason WHY`;
  return `${environment}: paused by ${by}: ${reason}\n${indented(resume)}`;
}

/** Gates at which something can be tried again. */
const retried = ['server', 'applications', 'tests', 'go live', 'opening'];

/** What is asked, then the commands that answer. */
function gateText(environment: string, procedure: TellingProcedure, gate: Gate): string {
  const { name, approvalsMissing, asks } = gate;
  const place = procedure === 'infrastructure' ? '' : `${typed(environment)} `;
  return [
    `${environment}: waits for ${approvalsMissing === 1 ? 'an approval' : `${approvalsMissing} approvals`} of the gate ${name}`,
    ...asks.map((ask) => indented(ask)),
    ...(retried.includes(name) ? [indented(`uplift retry ${place}`.trimEnd())] : []),
    indented(approveCommandLine(place, gate)),
    indented(`uplift reject ${place}--gate ${typed(name)} --as NAME --reason WHY`),
  ].join('\n');
}

/** What the gate asks to be accepted, as it names it. */
export function namesToAccept({ accept }: Gate['approve']): readonly string[] {
  return Array.isArray(accept) ? accept.map(String) : [];
}

/** What opens the gate, as it is typed. `place`: the environment and a blank, or nothing. */
export function approveCommandLine(place: string, { name, approve }: Gate): string {
  const accept = namesToAccept(approve).map(typed);
  const reason = accept.length === 0 ? '' : ` --accept ${accept.join(' ')} --reason WHY`;
  return `uplift approve ${place}--gate ${typed(name)} --as NAME${reason}`;
}

/** Tasks for people: in a line, as a whole, and the commands that answer them. */
import { withoutMessage } from '../../domain/gates/gate.js';
import { endedText } from '../../domain/tasks/completion.js';
import type { EvidenceField } from '../../domain/tasks/evidenceField.js';
import { kindText } from '../../domain/tasks/evidenceWords.js';
import { countText, isOverdue, whoUntilWhen } from '../../domain/tasks/overview.js';
import type { Task } from '../../domain/tasks/task.js';
import { clockText } from '../../domain/text.js';
import type { RecordedTask, TaskEvent } from '../../store/tasks.js';
import type { TasksStatus } from '../../workflows/messages.js';
import { columns, indented, typed } from '../words.js';

/** `open, overdue`, or how it ended. */
export function stateText(task: Task, now: number): string {
  if (task.state.kind !== 'open') return endedText(task.state);
  return isOverdue(task, now) ? 'open, overdue' : 'open';
}

/** What completes it, as it is typed, with the rest to be filled in. */
export function completeCommandLine({ task, evidence }: Pick<Task, 'task' | 'evidence'>): string {
  const fields = evidence.filter(({ required }) => required).map((field) => typed(`${field.name}=${wordOf(field)}`));
  return `uplift complete ${task} --as NAME${fields.length === 0 ? '' : ` --set ${fields.join(' ')}`}`;
}

/** Stands where a value is to be typed; as it stands it is refused, but in a text. */
function wordOf(field: EvidenceField): string {
  switch (field.kind) {
    case 'text':
      return 'TO FILL IN';
    case 'number':
      return 'NUMBER';
    case 'moment':
      return 'MOMENT';
    case 'file':
      return '@FILE';
    case 'choice':
      return field.choices.join('|');
  }
}

/** Of a run that waits: how many, the most urgent, and what is typed next. */
export function waitingTasksText(environment: string, tasks: TasksStatus, now: number): string {
  const [first] = tasks.urgent;
  const more = tasks.open - tasks.urgent.length;
  return [
    `${environment}: waits for ${countText(tasks)}`,
    ...tasks.urgent.map((task) => indented(`task ${task.task}: ${task.title}: ${whoUntilWhen(task, now)}`)),
    ...(more > 0 ? [indented(`and ${more} more: uplift tasks`)] : []),
    ...(first ? [indented(`uplift task ${first.task}`), indented(completeCommandLine(first))] : []),
  ].join('\n');
}

/** All of one, with what happened to it. */
export function taskText(task: RecordedTask, history: readonly TaskEvent[], now: number): string {
  const { upgrade, environment, step, subject, times, asked, reason } = task;
  const rows = [
    ['state', stateText(task, now)],
    [
      'of',
      [upgrade, environment || 'all environments', `step ${step}`, ...(subject === '' ? [] : [subject])].join(', '),
    ],
    ['why', reason],
    ['asked', asked.length === 0 ? 'anybody' : asked.join(', ')],
    ...(times.due === undefined ? [] : [['due', times.due]]),
    ...(times.reminder === undefined ? [] : [['reminder', `${times.reminder}${task.reminded ? ', given' : ''}`]]),
    ...(times.escalation ? [['escalation', escalationText(times.escalation, task.escalated)]] : []),
  ].filter(([, value]) => value !== '');
  return [
    `task ${task.task}  ${task.title}\n${indented(columns(rows))}`,
    section('TO DO', task.instructions.map((text, index) => `${index + 1}. ${text}`).join('\n')),
    section('EVIDENCE', columns(task.evidence.map(fieldRow))),
    section('GIVEN', columns(givenRows(task))),
    section('NEXT', nextLines(task).join('\n')),
    section('HISTORY', columns(history.map(eventRow))),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function escalationText({ at, to }: NonNullable<Task['times']['escalation']>, escalated: boolean): string {
  return `${at}, to ${to.join(', ')}${escalated ? ', given' : ''}`;
}

function fieldRow(field: EvidenceField): readonly string[] {
  return [field.name, `${kindText(field)}${field.required ? '' : ', can be left out'}`, field.description];
}

function givenRows({ state }: Task): readonly (readonly string[])[] {
  if (state.kind === 'open' || state.kind === 'withdrawn') return [];
  return Object.entries(state.evidence).map(([name, value]) => [
    name,
    typeof value === 'object' ? `${value.name}, ${value.size} bytes, SHA-256 ${value.sha256}` : String(value),
  ]);
}

function nextLines(task: Task): readonly string[] {
  switch (task.state.kind) {
    case 'open':
      return [
        completeCommandLine(task),
        `uplift complete ${task.task} --as NAME --outcome 'not possible' --reason WHY`,
        `uplift complete ${task.task} --as NAME --outcome failed --reason WHY`,
      ];
    case 'withdrawn':
      return [];
    case 'done':
    case 'not possible':
    case 'failed':
      return [`uplift reopen ${task.task} --as NAME --reason WHY (as long as the run has not begun its next step)`];
  }
}

function eventRow({ at, name, payload, refusal }: TaskEvent): readonly string[] {
  const { outcome, by, reason, asked, to } = payload;
  const said = [outcome, by && `by ${by}`, reason, to && `to ${to}`, asked && `asked: ${asked}`].filter(Boolean);
  return [clockText(at), name, refusal === null ? said.join(', ') : `refused: ${withoutMessage(refusal)}`];
}

/** Without content there is no section. */
function section(title: string, content: string): string {
  return content === '' ? '' : `${title}\n${indented(content)}`;
}

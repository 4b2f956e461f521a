/** Tasks in the current details: how many, the most urgent, and of the first of them what to do and what to send. */
import { kindText } from '../../domain/tasks/evidenceWords.js';
import { countText, whoUntilWhen } from '../../domain/tasks/overview.js';
import type { Task } from '../../domain/tasks/task.js';
import { counted, shortened } from '../../domain/text.js';
import type { TasksStatus } from '../messages.js';

/** `**3 tasks, 1 of them overdue**` */
export function tasksWaitFor(tasks: TasksStatus): string {
  return `**${countText(tasks)}**`;
}

/** Characters of all lines together; what there is to do is cut for the rest to fit. A gate has its own question to show. */
const most = { alone: 1_500, 'beside a gate': 500 };

/** None where no task is open. */
export function taskLines({ open, urgent, complete }: TasksStatus, place: keyof typeof most): string[] {
  const [first] = urgent;
  if (!first || !complete) return [];
  const more = open - urgent.length;
  const list = [...urgent.map(taskLine), ...(more > 0 ? [`- and ${counted(more)} more: uplift tasks lists them`] : [])];
  const send = [
    `Task ${first.task} is completed by the signal **completeTask** (or the update, which answers); others by their number and evidence:`,
    '```json',
    JSON.stringify(complete, null, 1),
    '```',
  ];
  const left = most[place] - [...list, ...send].join('\n').length;
  return ['', ...list, '', ...whatToDo(first, left), '', ...send];
}

function taskLine(task: Task): string {
  return `- task ${task.task}: **${shortened(task.title, 80)}**: ${shortened(whoUntilWhen(task, Date.now()), 120)}`;
}

/** Its reason and instructions, then what is to be told, as far as `characters` go. */
function whatToDo({ task, reason, instructions, evidence }: Task, characters: number): string[] {
  const texts = [
    reason,
    ...instructions.map((text, index) => `${index + 1}. ${text}`),
    ...evidence.map((field) => {
      const needed = field.required ? '' : ', can be left out';
      return `${field.name}: ${field.description} (${kindText(field)}${needed})`;
    }),
  ].filter((text) => text !== '');
  let left = characters;
  const shown = texts.flatMap((text) => {
    const line = `> ${shortened(text, 200)}`;
    left -= line.length + 1;
    return left >= 0 ? [line] : [];
  });
  return shown.length === texts.length ? shown : [...shown, `> more: uplift task ${task}`];
}

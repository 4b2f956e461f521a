/** `uplift tasks` and `uplift task`: what waits for whom, and all of one task. */
import { Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import { byUrgency, isOverdue, whoUntilWhen } from '../../../domain/tasks/overview.js';
import { allTasks, type RecordedTask, taskHistory } from '../../../store/tasks.js';
import { columns, typed } from '../../words.js';
import { approveCommandLine } from '../activityText.js';
import { command } from '../command.js';
import { placesOf, withTemporal } from '../infrastructure.js';
import { type WaitingGate, waitingGates } from '../infrastructureRuns.js';
import { environmentArgument, taskArgument } from '../options.js';
import { withStore } from '../store.js';
import { foundTask } from '../taskFound.js';
import { stateText, taskText } from '../taskText.js';

export const tasksCommand = command<{ readonly all?: true }>({
  name: 'tasks',
  summary: 'Lists what waits for whom: gates that ask for a decision, tasks that ask for a deed',
  examples: ['', 'Production', '--all'],
  arguments: [environmentArgument('left out: all of them')],
  options: [new Option('--all', 'also tasks that were answered or withdrawn')],
  async run({ words: [environment], options }) {
    const found = await placesOf(options.data, environment);
    const gates = await withTemporal(found, (temporal) => waitingGates(temporal, found));
    const tasks = await withStore(options.data, allTasks);
    const concerns = (one: string | null) => environment === undefined || one === environment;
    const asked = gates.filter((gate) => concerns(gate.environment));
    const listed = tasks.filter((task) => concerns(task.environment) && (options.all || task.state.kind === 'open'));
    const now = Date.now();
    const isOpen = ({ state }: RecordedTask) => state.kind === 'open';
    const all = [...byUrgency(listed.filter(isOpen)), ...listed.filter((task) => !isOpen(task))];
    return {
      document: [...asked.map(gateDocument), ...all.map((task) => ({ kind: 'task', ...taskDocument(task, now) }))],
      text: listText(asked, all, now),
      exit: exitCodes.ok,
    };
  },
});

export const taskCommand = command({
  name: 'task',
  summary: 'Shows one task: what to do, what to tell, how it is completed, what happened to it',
  examples: ['12', '12 --json'],
  arguments: [taskArgument()],
  async run({ words: [number], options }) {
    return withStore(options.data, async (store) => {
      const task = await foundTask(store, number);
      const history = await taskHistory(store, task);
      const now = Date.now();
      return {
        document: { ...taskDocument(task, now), history },
        text: taskText(task, history, now),
        exit: exitCodes.ok,
      };
    });
  },
});

function gateDocument({ environment, workflowId, gate }: WaitingGate) {
  return { kind: 'gate', environment, workflowId, ...gate };
}

/** `environment` is null for the whole infrastructure. */
function taskDocument({ environment, ...task }: RecordedTask, now: number) {
  return { ...task, environment: environment || null, overdue: isOverdue(task, now) };
}

function listText(gates: readonly WaitingGate[], tasks: readonly RecordedTask[], now: number): string {
  if (gates.length + tasks.length === 0) return 'nothing waits for anybody';
  const asked = gates.map(({ about, environment, gate }) => {
    const place = environment === null ? '' : `${typed(environment)} `;
    const may = gate.asks.find((ask) => ask.startsWith('May approve: '))?.replace('May approve: ', '');
    const missing = `${gate.approvalsMissing} ${gate.approvalsMissing === 1 ? 'approval' : 'approvals'}`;
    return [
      'gate',
      about,
      gate.name,
      may === undefined ? missing : `${missing} of ${may}`,
      approveCommandLine(place, gate),
    ];
  });
  const rows = tasks.map((task) => [
    `task ${task.task}`,
    task.environment || 'all',
    task.title,
    task.state.kind === 'open' ? whoUntilWhen(task, now) : stateText(task, now),
    `uplift task ${task.task}`,
  ]);
  return columns([['', 'of', 'what', 'waits for', 'next'], ...asked, ...rows]);
}

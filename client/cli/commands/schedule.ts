/** `uplift schedule`: when the nightly Deploy All of an environment runs. */
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import type { Temporal } from '../../../temporal/connection.js';
import type { NightlyChange, NightlySchedule } from '../../../temporal/schedule.js';
import type { NightlyReport, nightlyDeployAll } from '../../../workflows/nightlyDeployAll.js';
import { columns, indented, typed } from '../../words.js';
import { type Answer, command } from '../command.js';
import { followToEnd } from '../follow.js';
import { type Place, placeOf, withTemporal } from '../infrastructure.js';
import { environmentArgument, noWaitOption, reasonOption } from '../options.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly at?: string;
  readonly timeZone?: string;
  readonly pause?: true;
  readonly resume?: true;
  readonly now?: true;
  readonly wait: boolean;
  readonly delete?: true;
  readonly reason?: string;
}

export const scheduleCommand = command<Options>({
  name: 'schedule',
  summary: 'Shows or changes when the nightly Deploy All runs',
  examples: [
    '',
    'Development --at 02:00 --time-zone Europe/Lisbon',
    'Development --resume --reason "agreed with the teams"',
    'Development --now',
  ],
  arguments: [environmentArgument()],
  options: [
    new Option('--at <HH:MM>', 'time of day; makes the schedule, paused, when there is none'),
    new Option('--time-zone <name>', 'of that time, such as Europe/Lisbon'),
    new Option('--pause', 'no nights until --resume').conflicts(['resume', 'now', 'delete', 'at', 'timeZone']),
    new Option('--resume', 'nights again').conflicts(['now', 'delete', 'at', 'timeZone']),
    reasonOption('why; needed with --pause and --resume'),
    new Option('--now', 'run once, now, and follow it').conflicts(['delete', 'at', 'timeZone']),
    noWaitOption('with --now: start it and return'),
    new Option('--delete', 'no nights at all').conflicts(['at', 'timeZone']),
  ],
  async run({ words: [name], options, terminal }) {
    const change = changeOf(options);
    const place = await placeOf(options.data, name);
    return withTemporal(place, (temporal) =>
      options.now ? runNow(temporal, place, options.wait, terminal) : changeAndShow(temporal, place, change),
    );
  },
});

/** Throws `INPUT_INVALID` when a pause or a resume has no reason. */
function changeOf({ at, timeZone, pause, resume, delete: remove, reason }: Options): NightlyChange | undefined {
  if (at !== undefined || timeZone !== undefined) {
    return { kind: 'time', ...(at === undefined ? {} : { at }), ...(timeZone === undefined ? {} : { timeZone }) };
  }
  if (pause || resume) {
    if (reason) return { kind: pause ? 'pause' : 'resume', reason };
    throw new UpliftError('INPUT_INVALID', {
      what: `--${pause ? 'pause' : 'resume'} needs a reason`,
      next: 'add --reason "why"',
    });
  }
  return remove ? { kind: 'delete' } : undefined;
}

async function changeAndShow(temporal: Temporal, place: Place, change: NightlyChange | undefined): Promise<Answer> {
  const { changeNightlySchedule, ensureNightlySchedule, readNightlySchedule } = await import(
    '../../../temporal/schedule.js'
  );
  const { environment } = place;
  if (change?.kind === 'time') {
    const made = await ensureNightlySchedule(temporal, { ...place, ...change });
    if (made === 'existed') await changeNightlySchedule(temporal, place, change);
  } else if (change) {
    if (!(await readNightlySchedule(temporal, place))) throw noSchedule(environment);
    await changeNightlySchedule(temporal, place, change);
  }
  const schedule = await readNightlySchedule(temporal, place);
  return {
    document: { environment, schedule: schedule ?? null },
    text: schedule ? scheduleText(environment, schedule) : noSchedule(environment).message,
    exit: exitCodes.ok,
  };
}

async function runNow(temporal: Temporal, place: Place, wait: boolean, terminal: Terminal): Promise<Answer> {
  const { readNightlySchedule, runNightNow } = await import('../../../temporal/schedule.js');
  const { client } = temporal;
  const { environment } = place;
  if (!(await readNightlySchedule(temporal, place))) throw noSchedule(environment);
  const { workflowId, attached } = await runNightNow(temporal, place);
  terminal.talk(`${environment}: a night ${attached ? 'runs already: attached to' : 'started:'} ${workflowId}`);
  const handle = client.workflow.getHandle<typeof nightlyDeployAll>(workflowId);
  const report = wait ? await followToEnd({ temporal, places: [place], terminal }, handle) : null;
  const schedule = (await readNightlySchedule(temporal, place)) ?? null;
  const night = { workflowId, attached, report };
  return { document: { environment, schedule, night }, ...nightAnswer(environment, report) };
}

function nightAnswer(environment: string, report: NightlyReport | null): Pick<Answer, 'text' | 'exit'> {
  switch (report?.kind) {
    case undefined:
      return { text: `uplift watch ${typed(environment)} shows it`, exit: exitCodes.ok };
    case 'skipped':
      return { text: `${environment}: skipped, for ${report.reason}`, exit: exitCodes.refused };
    case 'done': {
      const { preparation, deployment } = report;
      const left = preparation.failed + preparation.skipped > 0 || !deployment.fullyUpgraded;
      return {
        text: `${environment}: ${preparation.prepared} prepared, ${preparation.failed} failed, ${preparation.skipped} skipped; ${deployment.deployed} deployed, ${deployment.failed} failed`,
        exit: left ? exitCodes.unfinishedModules : exitCodes.ok,
      };
    }
  }
}

function noSchedule(environment: string): UpliftError {
  return new UpliftError('INPUT_INVALID', {
    what: `${environment} has no nightly Deploy All`,
    next: `uplift schedule ${typed(environment)} --at 02:00 makes it`,
  });
}

export function scheduleText(environment: string, schedule: NightlySchedule): string {
  const { at, timeZone, paused, note, nextRuns, recentRuns } = schedule;
  const rows = [
    ['state', paused ? 'paused' : 'active'],
    ...(note === '' ? [] : [['note', note]]),
    ...(paused ? [] : nextRuns.map((time) => ['next', time])),
    ...recentRuns.slice(-3).map((run) => ['last', run]),
  ];
  return `${environment}: nightly Deploy All at ${at} ${timeZone}\n${indented(columns(rows))}`;
}

/** `uplift pause`, `uplift resume` and `uplift stop`: of the runs of an environment, of the whole upgrade, or of everything. */
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import type { Temporal } from '../../../temporal/connection.js';
import { typed } from '../../words.js';
import { type Answer, type Call, command } from '../command.js';
import { type Place, type Places, placesOf, withTemporal } from '../infrastructure.js';
import { asOption, environmentArgument, reasonOption } from '../options.js';
import {
  infrastructureRun,
  isPausable,
  type PausableProcedure,
  pausableProcedures,
  type Run,
  runningRuns,
} from '../runs.js';
import { send } from '../send.js';

interface Options {
  readonly as: string;
  readonly reason: string;
  readonly run?: PausableProcedure;
  readonly all?: true;
}

const shared = {
  arguments: [environmentArgument('left out: the upgrade of all of them')],
  options: [
    asOption(),
    reasonOption('why').makeOptionMandatory(),
    new Option('--run <procedure>', 'only this one').choices(pausableProcedures),
    new Option('--all', 'everything, in every environment: the emergency stop').conflicts('run'),
  ],
} as const;

export const pauseCommand = command<Options>({
  name: 'pause',
  summary: 'Starts nothing new until resume; what is being done ends first',
  examples: [
    'Development --as ana --reason "front ends are slow"',
    'Development --run prepare --as ana --reason "release day"',
    '--all --as ana --reason "incident 4711"',
  ],
  ...shared,
  run: (call) => (call.options.all ? everything('pause', call) : runsOf('pause', call)),
});

export const resumeCommand = command<Options>({
  name: 'resume',
  summary: 'Goes on after a pause',
  examples: ['Development --as ana --reason "front ends are well"', '--all --as ana --reason "incident 4711 is over"'],
  ...shared,
  run: (call) => (call.options.all ? everything('resume', call) : runsOf('resume', call)),
});

export const stopCommand = command<Pick<Options, 'as' | 'reason'>>({
  name: 'stop',
  summary: 'Ends the upgrade before its next step; starting it again goes on from there',
  examples: ['--as ana --reason "the sprint is not over"', 'Testing --as ana --reason "the testers are away"'],
  arguments: [environmentArgument('left out: the upgrade of all of them')],
  options: [asOption(), reasonOption('why').makeOptionMandatory()],
  run: (call) => runsOf('stop', call),
});

const done = { pause: 'paused', resume: 'resumed', stop: 'stops before its next step:' } as const;

/** Of one environment; without one of the upgrade of them all, which hands it on to what it has started. */
async function runsOf(message: keyof typeof done, { words: [name], options }: Call<Options>): Promise<Answer> {
  const { as: requestedBy, reason, run: procedure, data } = options;
  const found = await placesOf(data, name);
  return withTemporal(found, async (temporal) => {
    const [place, ...others] = found.places;
    const whole = name === undefined && procedure === undefined && place && (await infrastructureRun(temporal, place));
    const one = whole || others.length > 0 ? undefined : place;
    const meant = whole ? [whole] : one ? await meantRuns(temporal, one, message, procedure) : [];
    if (meant.length === 0) {
      const about = one?.environment ?? found.run.infrastructure;
      throw new UpliftError('NOTHING_WAITING', {
        what: `No ${procedure ?? (message === 'stop' ? 'upgrade' : 'upgrade, preparation or Deploy All')} of ${about} runs`,
        next: one ? `uplift status ${typed(one.environment)}` : 'uplift status, or name an environment',
      });
    }
    if (message === 'resume') await assertPaused(temporal, found, meant, whole ? undefined : one);
    for (const { workflowId } of meant) await send(temporal, workflowId, message, { requestedBy, reason });
    const workflowIds = meant.map(({ workflowId }) => workflowId);
    return {
      document: { message, environment: one?.environment ?? null, workflowIds, by: requestedBy, reason },
      text: workflowIds.map((workflowId) => `${done[message]} ${workflowId}`).join('\n'),
      exit: exitCodes.ok,
    };
  });
}

/** What was handed on may be paused where the upgrade of all is not. A run that does not say how it stands may be paused. */
async function assertPaused(
  temporal: Temporal,
  { run, places }: Places,
  meant: readonly Run[],
  one: Place | undefined,
): Promise<void> {
  const below = one ? [] : await Promise.all(places.map((place) => runningRuns(temporal, place)));
  if ([...meant, ...below.flat()].some(({ status }) => status === null || status.paused)) return;
  const [first] = places;
  const all = await first?.serviceCenter.pause();
  throw nothingPaused(
    one?.environment ?? run.infrastructure,
    all?.paused ? 'uplift resume --all ends the pause of everything' : 'uplift status',
  );
}

function nothingPaused(about: string, next: string): UpliftError {
  return new UpliftError('NOTHING_WAITING', { what: `Nothing of ${about} is paused`, next });
}

/** Upgrades and their go live can be stopped; the others can be cancelled. */
async function meantRuns(
  temporal: Temporal,
  place: Place,
  message: keyof typeof done,
  procedure: PausableProcedure | undefined,
): Promise<readonly Run[]> {
  const running = await runningRuns(temporal, place);
  if (message === 'stop') return running.filter((run) => run.procedure === 'upgrade');
  return running.filter((run) => (procedure ? run.procedure === procedure : isPausable(run.procedure)));
}

async function everything(message: 'pause' | 'resume', { words: [name], options }: Call<Options>): Promise<Answer> {
  if (name !== undefined) {
    throw new UpliftError('INPUT_INVALID', {
      what: `--all is about every environment, and ${name} is named`,
      next: `leave out ${name} or --all`,
    });
  }
  const by = { user: options.as, reason: options.reason };
  const { places, run } = await placesOf(options.data);
  await firstThatAnswers(places, async ({ serviceCenter }) => {
    if (message === 'pause') return serviceCenter.pauseEverything(by);
    if ((await serviceCenter.pause()).paused) return serviceCenter.resumeEverything(by);
    throw nothingPaused(`everything in ${run.infrastructure}`, 'uplift status shows what is paused');
  });
  return {
    document: { message, environment: null, workflowIds: [], by: by.user, reason: by.reason },
    text: `everything is ${done[message]}`,
    exit: exitCodes.ok,
  };
}

/** Any Service Center will do, for they share the row. */
async function firstThatAnswers(places: readonly Place[], ask: (place: Place) => Promise<unknown>): Promise<void> {
  const [place, ...others] = places;
  if (!place) return;
  try {
    await ask(place);
  } catch (error) {
    if (others.length === 0 || !(error instanceof UpliftError) || error.code !== 'NOT_RUNNING') throw error;
    await firstThatAnswers(others, ask);
  }
}

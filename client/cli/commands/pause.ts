/** `uplift pause` and `uplift resume`: of the runs of an environment, or of everything. */
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { type Answer, type Call, command } from '../command.js';
import { type Place, placeOf, placesOf, withTemporal } from '../infrastructure.js';
import { asOption, environmentArgument, reasonOption } from '../options.js';
import { isPausable, type PausableProcedure, pausableProcedures, runningRuns } from '../runs.js';
import { send } from '../send.js';
import { typed } from '../words.js';

interface Options {
  readonly as: string;
  readonly reason: string;
  readonly run?: PausableProcedure;
  readonly all?: true;
}

const shared = {
  arguments: [environmentArgument()],
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

const done = { pause: 'paused', resume: 'resumed' } as const;

async function runsOf(message: 'pause' | 'resume', { words: [name], options }: Call<Options>): Promise<Answer> {
  const { as: requestedBy, reason, run: procedure, data } = options;
  const place = await placeOf(data, name);
  const { environment } = place;
  return withTemporal(place, async (temporal) => {
    const running = await runningRuns(temporal, place);
    const meant = running.filter((run) => (procedure ? run.procedure === procedure : isPausable(run.procedure)));
    if (meant.length === 0) {
      throw new UpliftError('NOTHING_WAITING', {
        what: `No ${procedure ?? 'upgrade, preparation or Deploy All'} of ${environment} runs`,
        next: `uplift status ${typed(environment)}`,
      });
    }
    for (const { workflowId } of meant) await send(temporal, workflowId, message, { requestedBy, reason });
    const workflowIds = meant.map(({ workflowId }) => workflowId);
    return {
      document: { message, environment, workflowIds, by: requestedBy, reason },
      text: workflowIds.map((workflowId) => `${done[message]} ${workflowId}`).join('\n'),
      exit: exitCodes.ok,
    };
  });
}

async function everything(message: 'pause' | 'resume', { words: [name], options }: Call<Options>): Promise<Answer> {
  if (name !== undefined) {
    throw new UpliftError('INPUT_INVALID', {
      what: `--all is about every environment, and ${name} is named`,
      next: `leave out ${name} or --all`,
    });
  }
  const by = { user: options.as, reason: options.reason };
  const { places } = await placesOf(options.data);
  await firstThatAnswers(places, ({ serviceCenter }) =>
    message === 'pause' ? serviceCenter.pauseEverything(by) : serviceCenter.resumeEverything(by),
  );
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

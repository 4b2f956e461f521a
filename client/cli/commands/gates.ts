/** `uplift approve` and `uplift reject`: a person's answer to the gate at which the upgrade waits. */
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { doorText } from '../../../domain/goLive/door.js';
import type { Temporal } from '../../../temporal/connection.js';
import { indented, typed } from '../../words.js';
import { approveCommandLine, namesToAccept } from '../activityText.js';
import { type Answer, type Call, command } from '../command.js';
import { doorNext } from '../doorNext.js';
import { chosenModule, listedModules, type Places, placesOf, withTemporal } from '../infrastructure.js';
import { type WaitingGate, waitingGates } from '../infrastructureRuns.js';
import { asOption, environmentArgument, ofName, reasonOption } from '../options.js';
import type { Gate } from '../runs.js';
import { sendAsTyped } from '../send.js';

interface Options {
  readonly as: string;
  readonly gate?: string;
  readonly reason?: string;
  readonly accept?: readonly string[];
}

const gateOption = () => ofName(new Option('--gate <name>', 'refuse to answer any other gate'));

export const approveCommand = command<Options>({
  name: 'approve',
  summary: 'Approves what the upgrade asks at its gate',
  examples: [
    '--as ana',
    'Development --as ana',
    'Development --gate applications --as ana --accept @acme/feedback --reason "replaced next week"',
  ],
  arguments: [
    environmentArgument('left out: whichever gate waits. The plan of all environments is answered without one'),
  ],
  options: [
    asOption(),
    gateOption(),
    ofName(
      new Option(
        '--accept <names...>',
        'failed modules or entries of the plan that may stay as they are, or tests that you sign',
      ),
    ),
    reasonOption('why; needed with --accept'),
  ],
  run: (call) => answer('approve', call),
});

export const rejectCommand = command<Options>({
  name: 'reject',
  summary: 'Rejects what the upgrade asks at its gate, which ends the upgrade',
  examples: ['Development --as ana --reason "the sprint is not over"'],
  arguments: [
    environmentArgument('left out: whichever gate waits. The plan of all environments is answered without one'),
  ],
  options: [asOption(), gateOption(), reasonOption('why').makeOptionMandatory()],
  run: (call) => answer('reject', call),
});

export const goLiveCommand = command<Omit<Options, 'accept'>>({
  name: 'go-live',
  summary: 'Lets users in: approves the gate go live of an environment behind a closed door',
  examples: ['Production --as ana'],
  arguments: [environmentArgument('left out: whichever waits at that gate')],
  options: [asOption(), reasonOption('why')],
  run: ({ words, options, terminal }) =>
    answer('approve', { words, options: { ...options, gate: 'go live' }, terminal }),
});

async function answer(
  message: 'approve' | 'reject',
  { words: [environment], options, terminal }: Call<Options>,
): Promise<Answer> {
  const places = await placesOf(options.data, environment);
  return withTemporal(places, async (temporal) => {
    const asked = { environment, gate: options.gate };
    const { about, workflowId, gate, environment: one } = await waitingGate(temporal, places, asked);
    terminal.talk(`${about}: gate ${gate.name}\n${indented(gate.asks.join('\n'))}`);
    const { plan, token } = gate.approve;
    const accepting = await withReasons(places, one, gate, options);
    const payload = { gate: gate.name, plan, token, approver: options.as, ...accepting };
    const command = approveCommandLine(one === null ? '' : `${typed(one)} `, gate);
    await sendAsTyped(temporal, workflowId, message, payload, message === 'approve' ? command : undefined);
    const after = message === 'reject' ? await leftBehind(places, one) : [];
    return {
      document: { message, environment: one, workflowId, gate: gate.name, plan, approver: options.as },
      text: [
        `${about}: gate ${gate.name} ${message === 'approve' ? 'approved' : 'rejected'} by ${options.as}`,
        ...after,
      ].join('\n'),
      exit: exitCodes.ok,
    };
  });
}

/** A rejection ends the upgrade as it is: whoever sends it has to know that users stay out. */
async function leftBehind({ places }: Places, environment: string | null): Promise<readonly string[]> {
  const facts = await places.find((one) => one.environment === environment)?.serviceCenter.facts();
  if (!facts?.door) return [];
  const next = doorNext(facts, []);
  return [`${environment}: ${doorText(facts.door)}`, ...(next === null ? [] : [indented(next)])];
}

interface Asked {
  readonly environment: string | undefined;
  readonly gate: string | undefined;
}

/** The gate that waits; when several do, the one that is named. Throws `NOTHING_WAITING`, and `MESSAGE_REFUSED` as `forAll` says. */
async function waitingGate(temporal: Temporal, places: Places, asked: Asked): Promise<WaitingGate> {
  const { gate: wanted } = asked;
  const all = await waitingGates(temporal, places);
  const waiting = all.filter(({ environment }) => environment !== null || mayAnswerForAll(places, asked));
  if (waiting.length === 0 && all.length > 0) throw forAll(places, asked, all);
  const about = places.places.length === 1 ? places.places[0]?.environment : places.run.infrastructure;
  const next = 'uplift status';
  if (waiting.length === 0)
    throw new UpliftError('NOTHING_WAITING', { what: `No run of ${about} waits at a gate`, next });
  const chosen = waiting.filter(({ gate }) => wanted === undefined || gate.name === wanted);
  const [only, ...others] = chosen;
  if (only && others.length === 0) return only;
  const named = waiting.map((one) => `${one.about} at ${one.gate.name}`).join(', ');
  const what = only ? `Several gates wait: ${named}` : `No run of ${about} waits at the gate ${wanted}, but ${named}`;
  throw new UpliftError('NOTHING_WAITING', { what, next: only ? 'name the environment' : next });
}

/** The plan of all environments is answered without naming one, unless there is no other. */
function mayAnswerForAll({ run }: Places, { environment }: Asked): boolean {
  return environment === undefined || run.environments.length === 1;
}

/** Whoever names an environment does not mean all of them. */
function forAll({ run }: Places, { environment }: Asked, waiting: readonly WaitingGate[]): UpliftError {
  const gates = waiting.map(({ gate }) => gate.name).join(', ');
  const names = run.environments.map(({ name }) => name).join(', ');
  return new UpliftError('MESSAGE_REFUSED', {
    what: `The gate ${gates} is that of ${run.infrastructure}, with all its environments (${names}), not of ${environment} alone, which waits at none`,
    next: 'uplift approve --as NAME answers for all of them, uplift reject --as NAME --reason WHY too; uplift upgrade --environment plans one alone',
  });
}

/** Modules may be named without their scope; what the gate itself names is taken as it is. */
async function withReasons({ places }: Places, environment: string | null, gate: Gate, { reason, accept }: Options) {
  const place = places.find((one) => one.environment === environment);
  const names =
    accept && place && gate.name === 'applications' ? (await listedModules(place)).map(({ name }) => name) : undefined;
  const accepted =
    names && place ? accept?.map((given) => moduleToAccept(place.environment, names, gate, given)) : accept;
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(accepted === undefined ? {} : { accept: accepted }),
  };
}

/** A failed module, or all of them under the one name that the gate gives them. Throws as `chosenModule`. */
export function moduleToAccept(environment: string, modules: readonly string[], gate: Gate, given: string): string {
  return namesToAccept(gate.approve).includes(given) ? given : chosenModule(environment, modules, given);
}

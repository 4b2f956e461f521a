/** `uplift approve` and `uplift reject`: a person's answer to the gate at which the upgrade waits. */
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import type { Temporal } from '../../connection.js';
import { type Answer, type Call, command } from '../command.js';
import { chosenModule, type Place, placeOf, withTemporal } from '../infrastructure.js';
import { asOption, environmentArgument, reasonOption } from '../options.js';
import { type Gate, runAtGate } from '../runs.js';
import { send } from '../send.js';
import { indented, typed } from '../words.js';

interface Options {
  readonly as: string;
  readonly gate?: string;
  readonly reason?: string;
  readonly accept?: readonly string[];
}

const gateOption = () => new Option('--gate <name>', 'refuse to answer any other gate');

export const approveCommand = command<Options>({
  name: 'approve',
  summary: 'Approves what the upgrade asks at its gate',
  examples: [
    'Development --as ana',
    'Development --gate applications --as ana --accept @acme/feedback --reason "replaced next week"',
  ],
  arguments: [environmentArgument()],
  options: [
    asOption(),
    gateOption(),
    new Option('--accept <modules...>', 'failed modules that may stay as they are'),
    reasonOption('why; needed with --accept'),
  ],
  run: (call) => answer('approve', call),
});

export const rejectCommand = command<Options>({
  name: 'reject',
  summary: 'Rejects what the upgrade asks at its gate, which ends the upgrade',
  examples: ['Development --as ana --reason "the sprint is not over"'],
  arguments: [environmentArgument()],
  options: [asOption(), gateOption(), reasonOption('why').makeOptionMandatory()],
  run: (call) => answer('reject', call),
});

async function answer(
  message: 'approve' | 'reject',
  { words: [environment], options, terminal }: Call<Options>,
): Promise<Answer> {
  const place = await placeOf(options.data, environment);
  return withTemporal(place, async (temporal) => {
    const { workflowId, gate } = await waitingGate(temporal, place, options.gate);
    terminal.talk(`${place.environment}: gate ${gate.name}\n${indented(gate.asks.join('\n'))}`);
    const { plan, token } = gate.approve;
    const payload = { gate: gate.name, plan, token, approver: options.as, ...(await withReasons(place, options)) };
    await send(temporal, workflowId, message, payload);
    return {
      document: { message, environment: place.environment, workflowId, gate: gate.name, plan, approver: options.as },
      text: `${place.environment}: gate ${gate.name} ${message === 'approve' ? 'approved' : 'rejected'} by ${options.as}`,
      exit: exitCodes.ok,
    };
  });
}

async function waitingGate(
  temporal: Temporal,
  place: Place,
  wanted: string | undefined,
): Promise<{ workflowId: string; gate: Gate }> {
  const { environment } = place;
  const next = `uplift status ${typed(environment)}`;
  const run = await runAtGate(temporal, place);
  if (!run) throw new UpliftError('NOTHING_WAITING', { what: `No run of ${environment} waits at a gate`, next });
  if (wanted !== undefined && wanted !== run.gate.name) {
    const what = `The run of ${environment} waits at the gate ${run.gate.name}, not at ${wanted}`;
    throw new UpliftError('NOTHING_WAITING', { what, blockedBy: run.workflowId, next });
  }
  return run;
}

async function withReasons({ environment, serviceCenter }: Place, { reason, accept }: Options) {
  const names = accept && (await serviceCenter.modules()).map(({ name }) => name);
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(accept && names ? { accept: accept.map((given) => chosenModule(environment, names, given)) } : {}),
  };
}

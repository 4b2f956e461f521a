/** `uplift prepare`, `uplift deploy`, `uplift retry`: the modules of an environment, outside or inside an upgrade. */
import { exitCodes } from '../../../domain/errors.js';
import type { DeploymentReport } from '../../../port/deployment.js';
import type { PreparationReport } from '../../../port/preparation.js';
import type { Temporal } from '../../../temporal/connection.js';
import { counted, indented, typed } from '../../words.js';
import { type Answer, command } from '../command.js';
import { followToEnd } from '../follow.js';
import { type Place, placeOf, withTemporal } from '../infrastructure.js';
import { environmentArgument, noWaitOption, requestedByOption } from '../options.js';
import { runAtGate } from '../runs.js';
import { send } from '../send.js';
import { type Started, startDeployment, startPreparation } from '../starting.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly requestedBy?: string;
  readonly wait: boolean;
}

const shared = {
  arguments: [environmentArgument()],
  options: [requestedByOption(), noWaitOption('start it and return')],
} as const;

export const prepareCommand = command<Options>({
  name: 'prepare',
  summary: "Prepares the modules for the environment's release: what failed, was skipped or never started",
  examples: ['', 'Development', 'Development --no-wait --json'],
  ...shared,
  async run({ words: [environment], options, terminal }) {
    const place = await placeOf(options.data, environment);
    return withTemporal(place, (temporal) => prepare(temporal, place, options, terminal));
  },
});

export const deployCommand = command<Options>({
  name: 'deploy',
  summary: 'Deploy All: brings every prepared module to the front ends',
  examples: ['', 'Development', 'Development --no-wait --json'],
  ...shared,
  async run({ words: [environment], options, terminal }) {
    const place = await placeOf(options.data, environment);
    return withTemporal(place, async (temporal) => {
      const started = await startDeployment(temporal, place, options.requestedBy);
      sayStarted(terminal, place, started, 'Deploy All');
      if (!options.wait) return begun(place, started);
      return deployed(await followToEnd({ temporal, places: [place], terminal, about: 'deploy' }, started.handle));
    });
  },
});

export const retryCommand = command<Options>({
  name: 'retry',
  summary: 'Does again what failed: in the upgrade that waits at a gate, else as a preparation of its own',
  examples: ['', 'Development --requested-by ana'],
  ...shared,
  async run({ words: [environment], options, terminal }) {
    const place = await placeOf(options.data, environment);
    return withTemporal(place, async (temporal) => {
      const waiting = await runAtGate(temporal, place);
      if (!waiting) return prepare(temporal, place, options, terminal);
      const { workflowId, gate } = waiting;
      const { requestedBy } = options;
      await send(temporal, workflowId, 'retry', requestedBy === undefined ? {} : { requestedBy });
      return {
        document: { outcome: 'sent', workflowId, gate: gate.name },
        text: `${place.environment}: ${workflowId} tries again; uplift watch ${typed(place.environment)} shows it`,
        exit: exitCodes.ok,
      };
    });
  },
});

async function prepare(temporal: Temporal, place: Place, options: Options, terminal: Terminal): Promise<Answer> {
  const started = await startPreparation(temporal, place, options.requestedBy);
  sayStarted(terminal, place, started, 'preparation');
  if (!options.wait) return begun(place, started);
  return prepared(await followToEnd({ temporal, places: [place], terminal, about: 'prepare' }, started.handle));
}

type AnyStarted = Pick<Started<() => Promise<unknown>>, 'workflowId' | 'attached'>;

function sayStarted(terminal: Terminal, { environment }: Place, { workflowId, attached }: AnyStarted, what: string) {
  terminal.talk(`${environment}: ${what} ${attached ? 'runs already: attached to' : 'started:'} ${workflowId}`);
}

function begun({ environment }: Place, { workflowId, attached }: AnyStarted): Answer {
  return {
    document: { outcome: 'started', workflowId, attached },
    text: `uplift watch ${typed(environment)} shows it`,
    exit: exitCodes.ok,
  };
}

function prepared(report: PreparationReport): Answer {
  const { environment, release, failures, failed, skipped } = report;
  const place = typed(environment);
  const done = `${counted(report.prepared, 'module')} prepared, ${failed} failed, ${skipped} skipped`;
  const left = failed + skipped;
  const lines = [
    ...failures.map(({ module, problem }) => `${module}: ${problem}`),
    ...(failed > failures.length
      ? [`and ${failed - failures.length} more: uplift modules ${place} --state failed`]
      : []),
    ...(left > 0
      ? [`next: correct them, uplift publish ${place} MODULE --source DIR, then uplift retry ${place}`]
      : []),
  ];
  return {
    document: { outcome: 'ended', report },
    text: [`${environment}, ${release}: ${done}`, ...lines.map((line) => indented(line))].join('\n'),
    exit: left > 0 ? exitCodes.unfinishedModules : exitCodes.ok,
  };
}

function deployed(report: DeploymentReport): Answer {
  const { environment, release, fullyUpgraded, notDeployed, failed } = report;
  const ends = fullyUpgraded ? 'fully upgraded' : 'not fully upgraded';
  const lines = notDeployed.map(({ module, reason }) => indented(`${module}: ${reason}`));
  const all = `${counted(report.deployed, 'module')} deployed, ${failed} failed: ${environment} is ${ends}`;
  return {
    document: { outcome: 'ended', report },
    text: [`${environment}, ${release}: ${all}`, ...lines].join('\n'),
    exit: fullyUpgraded ? exitCodes.ok : exitCodes.unfinishedModules,
  };
}

/** `uplift why`: how one module stands, why, and what gets it further. */

import { exitCodes } from '../../../domain/errors.js';
import { diagnosticText } from '../../../domain/modules/diagnostics.js';
import type { Diagnostic } from '../../../domain/modules/module.js';
import { notUpgradedText } from '../../../domain/modules/publication.js';
import type { ModuleDetail } from '../../serviceCenter.js';
import { counted, indented, typed } from '../../words.js';
import { command } from '../command.js';
import { chosenModule, environmentAndModule, listedModules, placeOf } from '../infrastructure.js';
import { moduleDocument } from '../moduleText.js';
import { environmentArgument, moduleArgument } from '../options.js';

export const whyCommand = command({
  name: 'why',
  summary: 'Says why a module is failed, skipped, locked or not to be published, and what to do next',
  examples: ['claims', 'Development @acme/claims', 'Development @acme/claims --json'],
  arguments: [environmentArgument(), moduleArgument()],
  async run({ words, options }) {
    const named = environmentAndModule(words, 'why');
    const place = await placeOf(options.data, named.environment);
    const { environment, serviceCenter } = place;
    const all = await listedModules(place);
    const name = chosenModule(
      environment,
      all.map((module) => module.name),
      named.module,
    );
    const module = await serviceCenter.module(name);
    const root = module.cause ? all.find((other) => other.name === module.cause?.module) : undefined;
    const unprepared = module.producers.filter((producer) =>
      all.some((other) => other.name === producer && other.state !== 'prepared'),
    );
    const repaired = root !== undefined && root.state !== 'failed';
    const explained = { environment, module, rootDiagnostics: root?.diagnostics ?? [], repaired, unprepared };
    const { producers, consumers } = module;
    return {
      document: {
        ...moduleDocument(module),
        producers,
        consumers,
        unpreparedProducers: unprepared,
        rootDiagnostics: explained.rootDiagnostics,
        next: nextSteps(explained),
      },
      text: explanation(explained),
      exit: exitCodes.ok,
    };
  },
});

export interface Explained {
  readonly environment: string;
  readonly module: ModuleDetail;
  /** Of the failed module at the root of a skipped one. */
  readonly rootDiagnostics: readonly Diagnostic[];
  /** That one was published since: what it stopped only has to be prepared again. */
  readonly repaired: boolean;
  readonly unprepared: readonly string[];
}

export function explanation(explained: Explained): string {
  const { environment, module } = explained;
  const { name, application, ownerTeam, kind, state, lock, consumers } = module;
  const about = [application ?? 'application unknown', kind ?? 'kind unknown'].join(', ');
  return [
    `${name} (${about}) is ${state ?? 'in an unknown state'} in ${environment}`,
    ...(ownerTeam === null ? [] : [indented(`its team is ${ownerTeam}`)]),
    ...stateLines(explained).map((line) => indented(line)),
    ...(lock ? [indented(`locked by ${lock.holder} since ${lock.since}: ${lock.operation}`)] : []),
    indented(publishableText(explained)),
    indented(runsText(module)),
    ...(consumers.length > 0 ? [indented(`consumed by ${counted(consumers.length, 'module')}`)] : []),
    ...nextSteps(explained).map((step) => `next: ${step}`),
  ].join('\n');
}

/** What gets the module further; empty when nothing has to be done. */
export function nextSteps({ environment, module, rootDiagnostics, repaired }: Explained): readonly string[] {
  if (module.known.kind === 'listed') return ['uplift import --modules FILE, with a list that says how it stands now'];
  const place = typed(environment);
  const publish = (name: string) => `uplift publish ${place} ${typed(name)} --source DIR`;
  const { name, state, cause, diagnostics, lock, deployedRelease, release, upToDate } = module;
  if (lock) return [`wait until the ${lock.operation} of ${lock.holder} has ended`];
  switch (state) {
    case 'failed':
      return [...cures(name, diagnostics, publish(name)), `uplift retry ${place} prepares what it stopped`];
    case 'skipped':
      return cause && !repaired
        ? [
            ...cures(cause.module, rootDiagnostics, publish(cause.module)),
            `uplift retry ${place} prepares what it stopped`,
          ]
        : [`uplift retry ${place} prepares it, in the upgrade that waits or by itself`];
    case 'pending':
      return [`uplift retry ${place} prepares it, in the upgrade that waits or by itself; or wait for what runs`];
    case 'preparing':
      return [`uplift watch ${place} shows when it has been prepared`];
    case 'not applicable':
      return [`${publish(name)}; it was never published with success`];
    case 'prepared':
      return upToDate && deployedRelease === release ? [] : [`uplift deploy ${place}, or ${publish(name)}`];
    case null:
      return [];
  }
}

/** What puts a failed module right: its source, or what it was compiled with (docs/errors.md). */
function cures(name: string, [first]: readonly Diagnostic[], publish: string): readonly string[] {
  switch (first?.code) {
    case 'COMPILER_FAULT':
      return [`give the machine of the worker more memory; no error in ${name} is known`];
    case 'COMPILER_TIMEOUT':
      return [`make what takes the compiler so long in ${name} simpler, or the machine faster, then ${publish}`];
    default:
      return [`correct ${name}, then ${publish}`];
  }
}

function stateLines({ module, rootDiagnostics, repaired }: Explained): readonly string[] {
  const { state, cause, diagnostics } = module;
  switch (state) {
    case 'failed':
      return diagnostics.map(diagnosticText);
    case 'skipped':
      return cause
        ? [
            `${cause.module} at the root of it was not prepared: ${cause.path.join(' → ')}`,
            ...(repaired ? [`${cause.module} was published since`] : []),
            ...rootDiagnostics.map(diagnosticText),
          ]
        : [];
    case 'pending':
      return [notUpgradedText];
    case 'preparing':
    case 'prepared':
    case 'not applicable':
    case null:
      return [];
  }
}

function publishableText(explained: Explained): string {
  switch (explained.module.publishable) {
    case true:
      return 'can be published now';
    case false:
      return `cannot be published now${unpreparedText(explained)}`;
    case null:
      return 'whether it can be published is unknown';
  }
}

function unpreparedText({ unprepared }: Explained): string {
  return unprepared.length === 0 ? '' : `: not prepared are ${unprepared.join(', ')}`;
}

function runsText({ known, deployedRelease, upToDate, state }: ModuleDetail): string {
  if (deployedRelease === null && known.kind === 'listed') return 'which release it runs on is unknown';
  if (deployedRelease === null) return 'is not deployed';
  return `runs on ${deployedRelease}${upToDate || state !== 'prepared' ? '' : '; its newest compilation is not deployed'}`;
}

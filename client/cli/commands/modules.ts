/** `uplift modules`: every module of an environment and how it stands. */
import { Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import type { ModuleState } from '../../../domain/modules/module.js';
import type { ModuleFacts } from '../../../port/inventory.js';
import { columns, counted } from '../../words.js';
import { command } from '../command.js';
import { listedModules, placeOf } from '../infrastructure.js';
import { absent, moduleDocument, stateColour } from '../moduleText.js';
import { environmentArgument } from '../options.js';
import type { Colours } from '../terminal.js';

interface Options {
  readonly state?: (typeof states)[number];
}

const states = ['pending', 'preparing', 'prepared', 'failed', 'skipped', 'not applicable', 'unknown'] as const;

export const modulesCommand = command<Options>({
  name: 'modules',
  summary: 'Lists the modules and how they stand',
  examples: ['', 'Development --state failed', 'Development --json'],
  arguments: [environmentArgument()],
  options: [new Option('--state <state>', 'only those').choices(states)],
  async run({ words: [name], options: { data, state }, terminal: { colours } }) {
    const place = await placeOf(data, name);
    const { environment } = place;
    const all = await listedModules(place);
    const modules = state === undefined ? all : all.filter((module) => stateOf(module) === state);
    const which = state === undefined ? '' : ` ${state}`;
    return {
      document: modules.map(moduleDocument),
      text: modules.length === 0 ? `${environment} has no${which} modules` : modulesTable(modules, colours),
      exit: exitCodes.ok,
    };
  },
});

export function modulesTable(modules: readonly ModuleFacts[], colours: Colours): string {
  const head = ['MODULE', 'APPLICATION', 'STATE', 'PREPARED', 'DEPLOYED', 'PUBLISH', 'WHY'].map(colours.dim);
  const rows = modules.map((module) => [
    module.name,
    module.application ?? absent(module, '-'),
    stateColour(stateOf(module), colours)(stateOf(module)),
    module.release ?? absent(module, '-'),
    module.deployedRelease ?? absent(module, '-'),
    module.publishable === null ? 'unknown' : module.publishable ? 'yes' : 'no',
    reason(module),
  ]);
  return `${columns([head, ...rows])}\n${counted(modules.length, 'module')}`;
}

function stateOf({ state }: ModuleFacts): ModuleState | 'unknown' {
  return state ?? 'unknown';
}

/** In a few words; `uplift why` says all. */
function reason({ lock, cause, diagnostics }: ModuleFacts): string {
  if (lock) return `${lock.operation} by ${lock.holder}`;
  if (cause) return `below ${cause.module}`;
  const [first] = diagnostics;
  return first ? `${first.file}:${first.line}:${first.column} ${first.code}` : '';
}

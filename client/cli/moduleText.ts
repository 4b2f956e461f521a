/** A module, for people and for programs. */
import type { ModuleState } from '../../domain/modules/module.js';
import type { ModuleFacts } from '../../port/inventory.js';
import type { Colours } from './terminal.js';

/** Exactly these fields, whatever else Service Center says of a module. */
export function moduleDocument(module: ModuleFacts) {
  const { name, known, application, ownerTeam, kind, version, state, release, deployedRelease, publishable } = module;
  const { lock, cause, diagnostics } = module;
  return {
    ...{ name, known, application, ownerTeam, kind, version, state, release, deployedRelease, publishable },
    ...{ lock, cause, diagnostics },
  };
}

/** What is not there, or not known. */
export function absent({ known }: Pick<ModuleFacts, 'known'>, none: string): string {
  return known.kind === 'observed' ? none : 'unknown';
}

export function stateColour(state: ModuleState | 'unknown', colours: Colours): (text: string) => string {
  switch (state) {
    case 'prepared':
      return colours.green;
    case 'failed':
      return colours.red;
    case 'skipped':
      return colours.yellow;
    case 'preparing':
      return colours.cyan;
    case 'pending':
    case 'not applicable':
    case 'unknown':
      return colours.dim;
  }
}

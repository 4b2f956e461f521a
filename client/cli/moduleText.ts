/** A module, for people and for programs. */
import type { ModuleState } from '../../domain/modules/module.js';
import type { ModuleFacts } from '../../port/inventory.js';
import type { Colours } from './terminal.js';

/** Exactly these fields, whatever else Service Center says of a module. */
export function moduleDocument(module: ModuleFacts) {
  const { name, application, kind, state, release, deployedRelease, publishable, lock, cause, diagnostics } = module;
  return { name, application, kind, state, release, deployedRelease, publishable, lock, cause, diagnostics };
}

export function stateColour(state: ModuleState, colours: Colours): (text: string) => string {
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
      return colours.dim;
  }
}

/** `uplift validate`: whether a factory, or one module, can be imported, and what had better be known before. Touches nothing. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { Argument } from 'commander';
import { errors, exitCodes } from '../../../domain/errors.js';
import { checkFactory, realFolder } from '../../../platform/embedded/factory/folder.js';
import { checkModule, factoryAround } from '../../../platform/embedded/factory/module.js';
import { type Complaint, complaintText, isRefused } from '../../../store/complaint.js';
import { counted } from '../../words.js';
import { command } from '../command.js';

interface Validated {
  readonly kind: 'factory' | 'module';
  /** How many it has; those of a factory that is refused are not counted. */
  readonly modules: number | null;
  readonly complaints: readonly Complaint[];
}

export const validateCommand = command<object>({
  name: 'validate',
  summary: 'Checks the folder of a factory or of one module as its import would, and says everything at once',
  examples: ['examples/acme', 'examples/acme/modules/claims --json'],
  arguments: [new Argument('<folder>', 'a factory: uplift.yaml, modules, releases; or a module: package.json and src')],
  async run({ words: [folder = '.'] }) {
    const { kind, modules, complaints } = await validated(folder);
    const refused = complaints.filter(isRefused);
    const warnings = complaints.filter((complaint) => !isRefused(complaint));
    const size = modules === null ? '' : `: ${counted(modules, 'module')}`;
    const verdict = refused.length > 0 ? `would be refused: ${counted(refused.length, 'mistake')}` : `is well${size}`;
    return {
      document: { folder, kind, valid: refused.length === 0, modules, complaints },
      text: [
        ...refused.map(complaintText),
        ...warnings.map((complaint) => `${complaintText(complaint)} (a warning)`),
        `The ${kind} ${folder} ${verdict}${warnings.length > 0 ? `, ${counted(warnings.length, 'warning')}` : ''}`,
      ].join('\n'),
      exit: refused.length > 0 ? errors.FACTORY_INVALID.exit : exitCodes.ok,
    };
  },
});

/** A folder with a package.json and without modules is one module. */
async function validated(folder: string): Promise<Validated> {
  const real = await realFolder(folder);
  if ((await isThere(real, 'package.json')) && !(await isThere(real, 'modules'))) {
    const { complaints } = await checkModule(real, path.basename(real), await factoryAround(real));
    return { kind: 'module', modules: null, complaints };
  }
  const { factory, complaints } = await checkFactory(folder);
  return { kind: 'factory', modules: factory?.modules.length ?? null, complaints };
}

function isThere(folder: string, name: string): Promise<boolean> {
  return access(path.join(folder, name)).then(
    () => true,
    () => false,
  );
}

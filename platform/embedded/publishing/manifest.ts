/** What a module's package.json says of it, as it is kept from its upload until it is published. */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/module.js';
import { type ModulePackage, parsePackage } from '../factory/package.js';

export type ModuleManifest = Pick<ModulePackage, 'version' | 'application' | 'kind' | 'producers'>;

/** Throws `FACTORY_INVALID`. */
export function readManifest(text: string, module: ModuleName): ModuleManifest {
  const place = `package.json of ${module}`;
  const { name, version, application, kind, producers } = parsePackage(text, place);
  if (name === module) return { version, application, kind, producers };
  throw new UpliftError('FACTORY_INVALID', {
    what: `${place}: its name is ${name}`,
    next: 'correct it and try again; a module keeps its name',
  });
}

export function parseManifest(text: string | null): ModuleManifest | null {
  return text === null ? null : (JSON.parse(text) as ModuleManifest);
}

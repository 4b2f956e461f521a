/** What a module's package.json says of it, as it is kept from its upload until it is published. */
import type { ModuleName } from '../../../domain/modules/module.js';
import { type Complaint, refused } from '../../../store/complaint.js';
import { checkPackage, type ModulePackage } from '../factory/package.js';
import { missingProducer } from '../factory/together.js';

export type ModuleManifest = Pick<ModulePackage, 'version' | 'application' | 'kind' | 'producers'>;

/** `modules`: those of the environment, which it may reference. Without a text there is none, and nothing wrong. */
export function readManifest(
  text: string | undefined,
  module: ModuleName,
  modules: readonly ModuleName[],
): { readonly manifest: ModuleManifest | undefined; readonly complaints: readonly Complaint[] } {
  if (text === undefined) return { manifest: undefined, complaints: [] };
  const file = `${module}/package.json`;
  const { module: read, complaints, lineOf } = checkPackage(text, file);
  if (!read) return { manifest: undefined, complaints };
  const { name, version, application, kind, producers } = read;
  const other =
    name === module ? [] : [refused(file, `name: it is ${name}; a module keeps its name`, lineOf(['name']))];
  const missing = producers
    .filter((producer) => !modules.includes(producer))
    .map((producer) => refused(file, missingProducer(producer, modules), lineOf(['dependencies', producer])));
  return { manifest: { version, application, kind, producers }, complaints: [...complaints, ...other, ...missing] };
}

export function parseManifest(text: string | null): ModuleManifest | null {
  return text === null ? null : (JSON.parse(text) as ModuleManifest);
}

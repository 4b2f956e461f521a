/** A module as a folder: package.json and src. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { ModuleName } from '../../../domain/modules/module.js';
import { type Complaint, isRefused, refused } from '../../../store/complaint.js';
import { decoded } from '../../../store/decoded.js';
import type { SourceFiles } from '../compile/sources.js';
import { type CheckedPackage, checkPackage, type ModulePackage } from './package.js';
import { placeAt } from './place.js';
import { readSources } from './sources.js';

export interface FactoryModule extends ModulePackage {
  /** By path below the module's folder: `src/index.ts`. */
  readonly files: SourceFiles;
}

export interface CheckedModule {
  /** Where its package.json is, in complaints. */
  readonly manifest: string;
  /** Undefined when it could not be read so far. */
  readonly package: CheckedPackage | undefined;
  /** Undefined when a complaint refuses it. */
  readonly module: FactoryModule | undefined;
  readonly complaints: readonly Complaint[];
}

/** `name` is what complaints call the folder. `root`: the real path of the folder that no link leads out of. */
export async function checkModule(folder: string, name: string, root: string): Promise<CheckedModule> {
  const manifest = `${name}/package.json`;
  const text = await readText(path.join(folder, 'package.json'), manifest, root);
  const sources = await readSources(folder, name, root);
  const checked = 'text' in text ? checkPackage(text.text, manifest) : undefined;
  const complaints = [
    'complaint' in text ? [text.complaint] : [],
    checked?.complaints ?? [],
    sources.complaints,
  ].flat();
  const whole =
    checked?.module && !complaints.some(isRefused) ? { ...checked.module, files: sources.files } : undefined;
  return { manifest, package: checked, module: whole, complaints };
}

/** The module's folder as it is uploaded: its sources and its package.json, if it has one. */
export async function readUpload(
  folder: string,
  name: string,
  root: string,
): Promise<{ readonly files: SourceFiles; readonly complaints: readonly Complaint[] }> {
  const { files, complaints } = await readSources(folder, name, root);
  const at = path.join(folder, 'package.json');
  if ((await placeAt(at, root)).kind === 'missing') return { files, complaints };
  const text = await readText(at, `${name}/package.json`, root);
  if ('complaint' in text) return { files, complaints: [text.complaint, ...complaints] };
  return { files: { ...files, 'package.json': text.text }, complaints };
}

/** The real path of the folder that no link of a module leads out of: its factory's, else its own. */
export async function factoryAround(module: string): Promise<string> {
  const factory = path.dirname(path.dirname(module));
  const places = await Promise.all(['modules', 'releases'].map((name) => placeAt(path.join(factory, name), factory)));
  return places.every(({ kind }) => kind === 'folder') ? factory : module;
}

async function readText(
  at: string,
  file: string,
  root: string,
): Promise<{ readonly text: string } | { readonly complaint: Complaint }> {
  const place = await placeAt(at, root);
  if (place.kind !== 'file') {
    const problem = place.kind === 'refused' ? place.problem : place.kind === 'missing' ? 'is missing' : 'is no file';
    return { complaint: refused(file, problem) };
  }
  const content = decoded(await fs.readFile(place.real));
  if ('text' in content) return content;
  return { complaint: refused(file, 'is not UTF-8 from here on; save it in that encoding', content.brokenAt) };
}

/** By name; the first of those that share one. */
export function byName(modules: readonly CheckedModule[]): ReadonlyMap<ModuleName, CheckedModule> {
  const named = modules.flatMap((one) => (one.package?.module ? [[one.package.module.name, one] as const] : []));
  return new Map(named.reverse());
}

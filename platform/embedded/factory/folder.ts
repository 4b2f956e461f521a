/** A factory as a folder: uplift.yaml, modules/*, releases/*. Read whole and checked before anything is imported. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { UpliftError } from '../../../domain/errors.js';
import type { Infrastructure } from '../../../domain/infrastructure.js';
import { compareVersions, isVersion } from '../../../domain/version.js';
import { parseInfrastructure, readInfrastructure } from '../../../store/infrastructureFile.js';
import { type ModulePackage, parsePackage } from './package.js';

export interface Factory {
  readonly folder: string;
  readonly infrastructure: Infrastructure;
  readonly modules: readonly FactoryModule[];
  /** Oldest first. */
  readonly releases: readonly string[];
}

export interface FactoryModule extends ModulePackage {
  /** By path below the module's folder: `src/index.ts`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Throws `FACTORY_INVALID`, naming file and key; without uplift.yaml: one Development with two front ends, on the oldest release. */
export async function readFactory(folder: string): Promise<Factory> {
  const releases = await readReleases(folder);
  const infrastructure = (await readInfrastructure(folder, { releases })) ?? defaultInfrastructure(folder, releases[0]);
  return { folder, infrastructure, modules: await readModuleFolders(folder), releases };
}

async function readReleases(folder: string): Promise<string[]> {
  const entries = await fs.readdir(path.join(folder, 'releases')).catch(() => []);
  const versions = entries.filter(isVersion).sort(compareVersions);
  if (versions.length === 0)
    throw invalid(`${folder} has no releases/<version>: a factory needs the release its environments are on`);
  return versions;
}

/** Named after the folder. */
function defaultInfrastructure(folder: string, release: string | undefined): Infrastructure {
  const words = path.basename(path.resolve(folder)).match(/[A-Za-z0-9_]+/g) ?? ['factory'];
  const zones = [{ name: 'Main', frontEnds: ['fe-1', 'fe-2'] }];
  const content = {
    infrastructure: words.join('-').slice(0, 50),
    environments: [{ name: 'Development', stage: 'development', release, zones }],
  };
  return parseInfrastructure(Buffer.from(JSON.stringify(content)));
}

async function readModuleFolders(folder: string): Promise<FactoryModule[]> {
  const root = path.join(folder, 'modules');
  const entries = await fs.readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(root, entry.name))
    .sort();
  if (folders.length === 0) throw invalid(`${folder} has no modules/<module>/package.json`);
  const modules: FactoryModule[] = [];
  const seen = new Map<string, string>();
  for (const at of folders) {
    const module = await readModuleFolder(at);
    const twin = seen.get(module.name);
    if (twin) throw invalid(`${at}/package.json: the name ${module.name} is taken by ${twin}`);
    seen.set(module.name, at);
    modules.push(module);
  }
  return modules;
}

async function readModuleFolder(folder: string): Promise<FactoryModule> {
  const manifest = path.join(folder, 'package.json');
  const text = await fs.readFile(manifest, 'utf8').catch(() => {
    throw invalid(`${manifest} is missing`);
  });
  const files = await readSources(folder);
  if (!('src/index.ts' in files)) throw invalid(`${folder}: src/index.ts is missing`);
  return { ...parsePackage(text, manifest), files };
}

/** The TypeScript sources below `folder`/src, by path with forward slashes. */
export async function readSources(folder: string): Promise<Record<string, string>> {
  const entries = await fs.readdir(path.join(folder, 'src'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(folder, file).split(path.sep).join('/')] = await fs.readFile(file, 'utf8');
  }
  return files;
}

function invalid(what: string): UpliftError {
  return new UpliftError('FACTORY_INVALID', { what, next: 'correct it and try again; nothing was imported' });
}

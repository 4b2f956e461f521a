/** A factory as a folder: uplift.yaml, modules/*, releases/*. Read whole and checked before anything is imported. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { UpliftError } from '../../../domain/errors.js';
import { compareVersions, isVersion } from '../../../domain/version.js';
import { type ModulePackage, parsePackage } from './package.js';

export interface Factory {
  readonly folder: string;
  readonly infrastructure: z.infer<typeof infrastructureShape>;
  readonly modules: readonly FactoryModule[];
  /** Oldest first. */
  readonly releases: readonly string[];
}

export interface FactoryModule extends ModulePackage {
  /** By path below the module's folder: `src/index.ts`. */
  readonly files: Readonly<Record<string, string>>;
}

const name = z.string().regex(/^[\w][\w .-]*$/);

const environmentShape = z.strictObject({
  name,
  stage: z.enum(['development', 'testing', 'pre-production', 'production']),
  release: z.string().refine(isVersion, 'a release such as 11.18.1'),
  zones: z.array(z.strictObject({ name, frontEnds: z.array(name).min(1) })).min(1),
});

const infrastructureShape = z.strictObject({
  infrastructure: name,
  environments: z.array(environmentShape).min(1),
  hotPoints: z.array(z.string().startsWith('/')).default([]),
});

/** Throws `FACTORY_INVALID`, naming file and key. */
export async function readFactory(folder: string): Promise<Factory> {
  const releases = await readReleases(folder);
  const infrastructure = await readInfrastructure(folder, releases);
  const unknown = infrastructure.environments.find(({ release }) => !releases.includes(release));
  if (unknown)
    throw invalid(
      `${folder}/uplift.yaml: ${unknown.name} is on ${unknown.release}, and releases/ has ${releases.join(', ')}`,
    );
  return { folder, infrastructure, modules: await readModuleFolders(folder), releases };
}

async function readReleases(folder: string): Promise<string[]> {
  const entries = await fs.readdir(path.join(folder, 'releases')).catch(() => []);
  const versions = entries.filter(isVersion).sort(compareVersions);
  if (versions.length === 0)
    throw invalid(`${folder} has no releases/<version>: a factory needs the release its environments are on`);
  return versions;
}

/** Without uplift.yaml: one Development with two front ends, on the oldest release. */
async function readInfrastructure(
  folder: string,
  releases: readonly string[],
): Promise<z.infer<typeof infrastructureShape>> {
  const file = path.join(folder, 'uplift.yaml');
  const text = await fs.readFile(file, 'utf8').catch(() => undefined);
  const content = text === undefined ? defaultInfrastructure(folder, releases[0]) : yaml(text, file);
  const result = infrastructureShape.safeParse(content);
  if (!result.success) throw invalid(`${file}: ${z.prettifyError(result.error).replaceAll('\n', ' ')}`);
  return result.data;
}

function defaultInfrastructure(folder: string, release: string | undefined) {
  const zones = [{ name: 'Main', frontEnds: ['fe-1', 'fe-2'] }];
  const infrastructure = path.basename(path.resolve(folder)).replace(/[^\w.-]/g, '-');
  return { infrastructure, environments: [{ name: 'Development', stage: 'development', release, zones }] };
}

function yaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(`${file}: ${(error as Error).message}`);
  }
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

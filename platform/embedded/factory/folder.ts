/** A factory as a folder: uplift.yaml, modules/*, releases/*. Read whole and checked before anything is imported. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { UpliftError } from '../../../domain/errors.js';
import type { Infrastructure } from '../../../domain/infrastructure/infrastructure.js';
import { compareVersions, isVersion } from '../../../domain/releases/version.js';
import { type Complaint, isRefused, refused, throwRefused, warned } from '../../../store/complaint.js';
import { type PlacedComplaint, parseInfrastructure, readInfrastructure } from '../../../store/infrastructureFile.js';
import { loadRelease } from '../compile/release.js';
import { type CheckedModule, checkModule, type FactoryModule } from './module.js';
import { linksOut, namesIn, placeAt } from './place.js';
import { togetherComplaints } from './together.js';

export interface Factory {
  readonly folder: string;
  readonly infrastructure: Infrastructure;
  readonly modules: readonly FactoryModule[];
  /** Oldest first. */
  readonly releases: readonly string[];
}

export interface CheckedFactory {
  /** Undefined when a complaint refuses it. */
  readonly factory: Factory | undefined;
  readonly complaints: readonly Complaint[];
}

/** Throws `FACTORY_INVALID`, naming every file and line; without uplift.yaml: one Development with two front ends, on the oldest release. */
export async function readFactory(folder: string): Promise<Factory> {
  const { factory, complaints } = await checkFactory(folder);
  throwRefused(complaints, 'correct it and try again; nothing was imported');
  return factory as Factory;
}

/** Everything that an import refuses, and what it would be better to know before. Throws `INPUT_INVALID` when there is no such folder. */
export async function checkFactory(folder: string): Promise<CheckedFactory> {
  const root = await realFolder(folder);
  const releases = await checkReleases(root);
  const infrastructure = await checkInfrastructure(root, folder, releases.versions);
  const modules = await checkModules(root);
  const complaints = [
    ...infrastructure.complaints,
    ...releases.complaints,
    ...modules.complaints,
    ...modules.all.flatMap((module) => module.complaints),
    ...togetherComplaints(modules.all),
  ];
  if (complaints.some(isRefused) || !infrastructure.described) return { factory: undefined, complaints };
  const read = modules.all.flatMap(({ module }) => module ?? []);
  return {
    factory: { folder, infrastructure: infrastructure.described, modules: read, releases: releases.versions },
    complaints,
  };
}

/** Its real path. Throws `INPUT_INVALID`. */
export async function realFolder(folder: string): Promise<string> {
  const real = await fs.realpath(folder).catch(() => undefined);
  if (real !== undefined && (await fs.stat(real)).isDirectory()) return real;
  throw new UpliftError('INPUT_INVALID', {
    what: `${folder} is no folder`,
    next: 'name a factory, or the folder of a module',
  });
}

async function checkReleases(root: string): Promise<{ versions: string[]; complaints: readonly Complaint[] }> {
  const complaints: Complaint[] = [];
  const versions: string[] = [];
  for (const name of await shownNames(path.join(root, 'releases'))) {
    const file = `releases/${name}`;
    if (!isVersion(name)) complaints.push(warned(file, 'is left out: its name is no version'));
    else {
      const found = await releaseComplaints(root, name);
      const same = versions.find((other) => compareVersions(other, name) === 0);
      versions.push(name);
      complaints.push(...found, ...(same ? [refused(file, `is the same version as releases/${same}`)] : []));
    }
  }
  if (versions.length === 0) {
    complaints.push(
      refused('releases', 'has no release: a factory needs the one its environments are on, as releases/11.18.1'),
    );
  }
  return { versions: versions.sort(compareVersions), complaints };
}

async function releaseComplaints(root: string, version: string): Promise<readonly Complaint[]> {
  const file = `releases/${version}`;
  const place = await placeAt(path.join(root, file), root);
  if (place.kind !== 'folder') return [refused(file, place.kind === 'refused' ? place.problem : 'is no folder')];
  const out = await linksOut(place.real, root);
  if (out.length > 0)
    return out.map((link) =>
      refused(`${file}/${below(place.real, link)}`, 'is a link that leads out of the factory, or to nothing'),
    );
  try {
    await loadRelease(root, version);
    return [];
  } catch (error) {
    if (!(error instanceof UpliftError)) throw error;
    const what = error.parts.what.replaceAll(`${root}${path.sep}`, '');
    const [, place = file, problem = what] = /^(releases\/[^:]*): (.*)$/s.exec(what) ?? [];
    return [refused(place, problem)];
  }
}

async function checkInfrastructure(
  root: string,
  folder: string,
  releases: readonly string[],
): Promise<{ described: Infrastructure | undefined; complaints: readonly Complaint[] }> {
  const file = 'uplift.yaml';
  const place = await placeAt(path.join(root, file), root);
  if (place.kind === 'refused') return { described: undefined, complaints: [refused(file, place.problem)] };
  try {
    const described = await readInfrastructure(root, releases.length > 0 ? { releases } : {});
    return { described: described ?? defaultInfrastructure(folder, releases[0]), complaints: [] };
  } catch (error) {
    const placed = error instanceof UpliftError ? (error.cause as readonly PlacedComplaint[] | undefined) : undefined;
    if (!placed) throw error;
    return { described: undefined, complaints: placed.map(({ line, problem }) => refused(file, problem, line)) };
  }
}

/** Named after the folder. */
function defaultInfrastructure(folder: string, release: string | undefined): Infrastructure | undefined {
  if (release === undefined) return undefined;
  const words = path.basename(path.resolve(folder)).match(/[A-Za-z0-9_]+/g) ?? ['factory'];
  const zones = [{ name: 'Main', frontEnds: ['fe-1', 'fe-2'] }];
  const content = {
    infrastructure: words.join('-').slice(0, 50),
    environments: [{ name: 'Development', stage: 'development', release, zones }],
  };
  return parseInfrastructure(Buffer.from(JSON.stringify(content)));
}

async function checkModules(
  root: string,
): Promise<{ all: readonly CheckedModule[]; complaints: readonly Complaint[] }> {
  const all: CheckedModule[] = [];
  const complaints: Complaint[] = [];
  for (const name of await shownNames(path.join(root, 'modules'))) {
    const file = `modules/${name}`;
    const place = await placeAt(path.join(root, file), root);
    if (place.kind === 'folder') all.push(await checkModule(place.real, file, root));
    else if (place.kind === 'refused') complaints.push(refused(file, place.problem));
    else complaints.push(warned(file, 'is left out: a module is a folder'));
  }
  if (all.length + complaints.length === 0)
    complaints.push(refused('modules', 'has no module, as modules/claims/package.json'));
  return { all, complaints };
}

/** Without those that begin with a dot. */
async function shownNames(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter((name) => !name.startsWith('.'));
}

function below(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

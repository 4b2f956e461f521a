/**
 * Instances: a unit's code bound to the instances of its producers and to the system components of its release, as a folder Node
 * runs it from. Old and new instances of a module stand side by side, so a process serves a module prepared for one release next to
 * one of the release before.
 *
 *     instances/<id>/<module>/package.json, src/*.js
 *     instances/<id>/node_modules/<module>      -> the member, or the instance of a producer
 *     instances/<id>/node_modules/@system       -> the release's system components
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { besideName, makeFolder, publishFolder } from '../../../database/disk.js';
import { writing } from '../../../database/fullDisk.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { layout, moduleFolder } from '../layout.js';
import type { ArtifactFile } from './artifacts.js';
import { digestOf } from './digest.js';
import { modulePackage } from './modulePackage.js';
import { mendTree, type Tree, writeTree } from './tree.js';

export interface InstanceParts {
  /** Of its artifact. */
  readonly key: string;
  /** Of its release. */
  readonly codeDigest: string;
  /** Instances of its producers. */
  readonly producers: readonly string[];
}

export interface Instance {
  readonly dataFolder: string;
  readonly id: string;
  /** Version of the release whose system components it runs with. */
  readonly version: string;
  /** Members of the unit, with their JavaScript at paths below the module's folder: `src/index.js`. */
  readonly members: readonly { readonly name: ModuleName; readonly files: readonly ArtifactFile[] }[];
  /** The instance of each module it references outside itself. */
  readonly producers: ReadonlyMap<ModuleName, string>;
}

/** The name of an instance: when a producer's code changes its consumers get another, without being compiled. */
export function instanceId({ key, codeDigest, producers }: InstanceParts): string {
  return digestOf({ key, codeDigest, producers: [...producers].sort() });
}

/** Makes the folder of an instance, all at once; of one that is there only what is missing or not as it was made. Throws `DISK_FULL`. */
export async function materialise(instance: Instance): Promise<void> {
  const folder = layout.instance(instance.dataFolder, instance.id);
  const names = instance.members.map(({ name }) => name).join(', ');
  await writing(`The instance of ${names}`, folder, () => makeOrMend(instance, folder));
}

async function makeOrMend(instance: Instance, folder: string): Promise<void> {
  const tree = instanceTree(instance);
  if (existsSync(folder)) return mendTree(folder, tree);
  const making = besideName(folder);
  try {
    await makeFolder(path.dirname(folder));
    await writeTree(making, tree, folder);
    await publishFolder(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another process made the same one meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

function instanceTree({ dataFolder, version, members, producers }: Instance): Tree {
  const files = new Map<string, string>();
  const links = new Map([
    ['node_modules/@system', path.resolve(layout.release(dataFolder, version), 'node_modules', '@system')],
  ]);
  for (const { name, files: code } of members) {
    files.set(`${moduleFolder(name)}/package.json`, modulePackage(name));
    for (const { path: file, text } of code) files.set(`${moduleFolder(name)}/${file}`, text);
    links.set(`node_modules/${name}`, moduleFolder(name));
  }
  for (const [name, id] of producers) {
    links.set(`node_modules/${name}`, path.resolve(layout.instance(dataFolder, id), moduleFolder(name)));
  }
  return { files, links };
}

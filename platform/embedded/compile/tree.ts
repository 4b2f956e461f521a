/** A folder as data, files and links, and writing it in few operations: a new file or folder costs as much as compiling a little. */
import { mkdir, readFile, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { besideName, makeFolder, replaceFile, toDisk } from '../../../database/disk.js';
import { withOpenFile } from '../../../database/openFiles.js';

export interface Tree {
  /** Texts by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Links to folders: what each leads to, by its path. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Writes `tree` below `folder`; paths and targets that are not absolute are relative to it. Links are relative, so that the folder
 * and what its links lead to can be moved together. `lasting` is the name the folder is about to get, where it is another.
 */
export async function writeTree(folder: string, { files, links }: Tree, lasting = folder): Promise<void> {
  const parents = new Set([...files.keys(), ...links.keys()].map((entry) => path.join(folder, path.dirname(entry))));
  await Promise.all(innermost(parents).map((parent) => mkdir(parent, { recursive: true })));
  await Promise.all([
    ...[...files].map(([file, text]) => withOpenFile(() => writeFile(path.join(folder, file), text))),
    ...[...links].map(([link, target]) =>
      linkFolder(path.join(folder, link), path.join(lasting, link), path.resolve(lasting, target)),
    ),
  ]);
}

/**
 * Makes what is missing of `tree` below `folder`, and replaces what is not as it says, each thing at once. Anything else is left
 * alone: somebody may be reading it.
 */
export async function mendTree(folder: string, { files, links }: Tree): Promise<void> {
  for (const [name, text] of files) {
    const file = path.join(folder, name);
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found !== text) await replaceFile(file, text);
  }
  for (const [name, target] of links) {
    const link = path.join(folder, name);
    const found = await readlink(link).catch(() => '');
    const leadsTo = path.resolve(folder, target);
    if (path.resolve(path.dirname(link), found) !== leadsTo) await replaceLink(link, leadsTo);
  }
}

async function replaceLink(link: string, target: string): Promise<void> {
  const making = besideName(link);
  await makeFolder(path.dirname(link));
  await linkFolder(making, link, target);
  await rename(making, link);
  await toDisk(path.dirname(link));
}

/** Those that hold no other: making them makes all. */
function innermost(folders: ReadonlySet<string>): readonly string[] {
  const outer = new Set<string>();
  for (const folder of folders) {
    for (
      let above = path.dirname(folder);
      !outer.has(above) && above !== path.dirname(above);
      above = path.dirname(above)
    ) {
      outer.add(above);
    }
  }
  return [...folders].filter((folder) => !outer.has(folder));
}

/** A junction needs no right on Windows, but must be absolute. */
async function linkFolder(link: string, lasting: string, target: string): Promise<void> {
  if (process.platform === 'win32') await symlink(target, link, 'junction');
  else await symlink(path.relative(path.dirname(lasting), target), link, 'dir');
}

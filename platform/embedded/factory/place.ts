/** Files and folders of a factory, links followed as long as they stay inside it. */
import fs from 'node:fs/promises';
import path from 'node:path';

/** What stands at a path, links followed. `refused`: in words that follow the path. */
export type Place =
  | { readonly kind: 'file' | 'folder'; readonly real: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: string };

/** `root`: the real path of the folder that no link leads out of. Never throws. */
export async function placeAt(at: string, root: string): Promise<Place> {
  try {
    const found = await fs.lstat(at);
    const linked = found.isSymbolicLink();
    const real = linked ? await fs.realpath(at) : at;
    if (linked && !isInside(real, root)) return { kind: 'refused', problem: 'is a link that leads out of the factory' };
    const stats = linked ? await fs.stat(real) : found;
    if (stats.isDirectory()) return { kind: 'folder', real };
    return stats.isFile() ? { kind: 'file', real } : { kind: 'refused', problem: 'is neither a file nor a folder' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      return (await isLink(at)) ? { kind: 'refused', problem: 'is a link to nothing' } : { kind: 'missing' };
    return { kind: 'refused', problem: `cannot be read (${code})` };
  }
}

/** What is in a folder, in the order of names; none when there is no such folder. Throws what the system says otherwise. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort();
}

/** Links below `folder`, at their paths, that lead out of `root` or to nothing. */
export async function linksOut(folder: string, root: string): Promise<readonly string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const links = entries
    .filter((entry) => entry.isSymbolicLink())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  const places = await Promise.all(links.map((link) => placeAt(link, root)));
  return links.filter((_, index) => places[index]?.kind === 'refused');
}

function isInside(real: string, root: string): boolean {
  return real === root || real.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}

function isLink(at: string): Promise<boolean> {
  return fs.lstat(at).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** A module's folder on this machine, read for an upload. */

import { realFolder } from '../../platform/embedded/factory/folder.js';
import { factoryAround, readUpload } from '../../platform/embedded/factory/module.js';
import { throwRefused } from '../../store/complaint.js';

/**
 * All sources of the folder, and package.json if there is one, by path with forward slashes. Throws `INPUT_INVALID` when there is no
 * such folder, and `FACTORY_INVALID` with all that cannot be a part of a module.
 */
export async function readModuleFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const real = await realFolder(folder);
  const { files, complaints } = await readUpload(real, folder, await factoryAround(real));
  throwRefused(complaints, "correct it, or name the module's folder: the one with package.json and src/");
  return files;
}

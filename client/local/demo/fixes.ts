/** The corrected sources that a factory keeps beside its modules: `fixes/<folder>` for `modules/<folder>`. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { parsePackage } from '../../../platform/embedded/factory/package.js';
import { readModuleFolder } from '../../cli/sources.js';

export interface Fix {
  readonly module: string;
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
}

export async function readFixes(factory: string): Promise<ReadonlyMap<string, Fix>> {
  const root = path.join(factory, 'fixes');
  const folders = await fs.readdir(root).catch(() => []);
  const fixes = await Promise.all(
    folders.map(async (name): Promise<Fix> => {
      const manifest = path.join(factory, 'modules', name, 'package.json');
      const module = parsePackage(await fs.readFile(manifest, 'utf8'), manifest).name;
      const folder = path.join(root, name);
      return { module, folder, files: await readModuleFolder(folder) };
    }),
  );
  return new Map(fixes.map((fix) => [fix.module, fix]));
}

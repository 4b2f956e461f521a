/** A factory with releases between and before the two of a tiny factory, imported; nothing of it is published. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { environment, writeTinyFactory } from '../e2e/factories.js';
import { older, type TinyEnvironment, temporaryFolder } from '../platform/tinyFactory.js';

/** The release that the environment is on, an older one, and one that was withdrawn. */
export const installed = '11.17.1';
export const before = '11.16.1';
export const withdrawn = '11.18.0';

/** `environments` as `writeTinyFactory` takes them. */
export async function imported(environments?: Parameters<typeof writeTinyFactory>[2]): Promise<TinyEnvironment> {
  const factory = writeTinyFactory(installed, { a: {} }, environments);
  for (const version of [before, installed, withdrawn]) {
    const folder = path.join(factory, 'releases', version);
    await cp(path.join(factory, 'releases', older), folder, { recursive: true });
    for (const name of ['release.json', 'node_modules/@system/text/package.json']) {
      const manifest = path.join(folder, name);
      await writeFile(manifest, (await readFile(manifest, 'utf8')).replaceAll(older, version));
    }
  }
  const context = openEmbeddedContext(temporaryFolder());
  await importFactory(context, await readFactory(factory), () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 }));
  return { context, environment, factory };
}

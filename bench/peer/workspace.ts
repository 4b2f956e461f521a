/**
 * The peer's side of a factory: the same modules as project references, as one lays out a workspace that `tsc -b` builds. Same
 * sources, same system components, same options as the release gives to Uplift's own compilations.
 *
 *     tsconfig.json                             every module
 *     options.json                              the release's options
 *     node_modules/@system                      -> its system components
 *     modules/<module>/src, tsconfig.json       with links in its node_modules to the modules it declares
 *     modules/<module>/dist                     what the compiler writes
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Release } from '../../platform/embedded/compile/release.js';
import { type Tree, writeTree } from '../../platform/embedded/compile/tree.js';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import type { FactoryModule } from '../../platform/embedded/factory/module.js';
import { moduleFolder } from '../../platform/embedded/layout.js';

export interface Workspace {
  readonly folder: string;
  /** Where the compiler writes a module: `index.js` and `index.d.ts` stand for those of its `src`. */
  readonly outputs: ReadonlyMap<string, string>;
}

export async function writeWorkspace(folder: string, factory: string, release: Release): Promise<Workspace> {
  const { modules } = await readFactory(factory);
  await writeTree(folder, workspaceTree(modules, release));
  const outputs = modules.map(({ name }) => [name, path.join(folder, 'modules', moduleFolder(name), 'dist')] as const);
  return { folder, outputs: new Map(outputs) };
}

/** Takes away all that the compiler has written: the next build is a first one. */
export async function removeOutputs({ outputs }: Workspace): Promise<void> {
  await Promise.all([...outputs.values()].map((output) => fs.rm(output, { recursive: true, force: true })));
}

function workspaceTree(modules: readonly FactoryModule[], release: Release): Tree {
  const references = modules.map(({ name }) => ({ path: `modules/${moduleFolder(name)}` }));
  const files = new Map([
    ['tsconfig.json', JSON.stringify({ files: [], references })],
    ['options.json', JSON.stringify({ compilerOptions: { ...release.compilerOptions, composite: true } })],
  ]);
  const links = new Map([['node_modules/@system', path.join(release.folder, 'node_modules', '@system')]]);
  for (const module of modules) stageModule(files, links, module);
  return { files, links };
}

function stageModule(
  files: Map<string, string>,
  links: Map<string, string>,
  { name, producers, files: sources }: FactoryModule,
): void {
  const folder = `modules/${moduleFolder(name)}`;
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  const project = {
    extends: '../../options.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
    include: ['src'],
    references: producers.map((producer) => ({ path: `../${moduleFolder(producer)}` })),
  };
  files.set(`${folder}/package.json`, JSON.stringify({ name, type: 'module', exports }));
  files.set(`${folder}/tsconfig.json`, JSON.stringify(project));
  for (const [file, text] of Object.entries(sources)) files.set(`${folder}/${file}`, text);
  for (const producer of producers) {
    links.set(`${folder}/node_modules/${producer}`, `modules/${moduleFolder(producer)}`);
  }
}

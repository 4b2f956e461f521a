/**
 * What the compiler is given: one folder with a project per unit of a group.
 *
 *     tsconfig.json                             the projects in dependency order
 *     options.json                              what they have in common
 *     node_modules/@system                      -> the release's system components, for everything below
 *     projects/<unit>.json                      one project
 *     sources/<unit>/<module>/src               with links in its node_modules to the producers it declares, to no others
 *     declared/node_modules/<module>/src        declarations: those of the producers prepared before, and what is written now
 *
 * A source finds only what its module declares. A declaration finds every module: an inferred type may name a module that its own
 * does not reference. Projects do not reference each other, although the compiler would then skip those below a failing one by
 * itself: it would also look for what a declaration names from where its *source* stands, not find it, and take it for `any`.
 * So a module meets its producers in the same way, whether they were prepared before or in the same group.
 */
import path from 'node:path';
import { moduleFolder } from '../layout.js';
import type { CompileMember, CompileUnit, GroupRequest } from './group.js';
import { modulePackage } from './modulePackage.js';
import type { Release } from './release.js';
import type { Tree } from './tree.js';

/** Where the compiler writes a module, and where the declarations of those prepared before are. */
export const declaredFolder = 'declared/node_modules';

/** Where the sources of a unit are. */
function sourcesFolder(unit: string): string {
  return `sources/${moduleFolder(unit)}`;
}

/** The name of a unit's project file in the folder `projects`, unique in the group. */
export function projectFile(unit: string): string {
  return `${moduleFolder(unit)}.json`;
}

/** Sources the compiler reads; nothing else of a module takes part. Where `x.ts` stands, `x.d.ts` is written, not read. */
export function compiledFiles({ files }: CompileMember): {
  readonly sources: readonly string[];
  readonly declarations: readonly string[];
} {
  const typed = Object.keys(files).filter((file) => file.startsWith('src/') && file.endsWith('.ts'));
  const declarations = typed.filter((file) => file.endsWith('.d.ts') && !(file.replace(/\.d\.ts$/, '.ts') in files));
  return { sources: typed.filter((file) => !file.endsWith('.d.ts')).sort(), declarations: declarations.sort() };
}

/** The folder of a group, as data. */
export function stagedGroup({
  release,
  units,
  producers,
}: Pick<GroupRequest, 'release' | 'units' | 'producers'>): Tree {
  const files = new Map([
    [
      'tsconfig.json',
      JSON.stringify({ files: [], references: units.map(({ id }) => ({ path: `projects/${projectFile(id)}` })) }),
    ],
    ['options.json', JSON.stringify({ compilerOptions: release.compilerOptions })],
  ]);
  const links = new Map([['node_modules/@system', systemComponents(release)]]);
  const inGroup = new Set(units.flatMap(({ members }) => members.map(({ name }) => name)));
  for (const unit of units) stageUnit({ files, links }, unit, new Set([...inGroup, ...producers.keys()]));
  for (const [name, producer] of producers) {
    if (inGroup.has(name)) continue;
    files.set(`${declaredFolder}/${name}/package.json`, modulePackage(name));
    for (const { path: file, text } of producer.files) files.set(`${declaredFolder}/${name}/${file}`, text);
  }
  return { files, links };
}

interface Staged {
  readonly files: Map<string, string>;
  readonly links: Map<string, string>;
}

function stageUnit(staged: Staged, unit: CompileUnit, present: ReadonlySet<string>): void {
  const folder = sourcesFolder(unit.id);
  const roots = unit.members.flatMap((member) => stageMember(staged, unit, member, present));
  const project = {
    extends: '../options.json',
    compilerOptions: { rootDir: `../${folder}`, outDir: `../${declaredFolder}` },
    files: roots.map((file) => `../${file}`),
  };
  staged.files.set(`projects/${projectFile(unit.id)}`, JSON.stringify(project));
}

/** Returns the files the compiler starts from. */
function stageMember(
  { files, links }: Staged,
  unit: CompileUnit,
  member: CompileMember,
  present: ReadonlySet<string>,
): readonly string[] {
  const { name, references } = member;
  const folder = `${sourcesFolder(unit.id)}/${name}`;
  const { sources, declarations } = compiledFiles(member);
  for (const place of [folder, `${declaredFolder}/${name}`]) {
    files.set(`${place}/package.json`, modulePackage(name));
    for (const file of declarations) files.set(`${place}/${file}`, member.files[file] ?? '');
  }
  for (const file of sources) files.set(`${folder}/${file}`, member.files[file] ?? '');
  for (const producer of references.filter((reference) => present.has(reference))) {
    const beside = unit.members.some((other) => other.name === producer);
    links.set(`${folder}/node_modules/${producer}`, `${beside ? sourcesFolder(unit.id) : declaredFolder}/${producer}`);
  }
  return [...sources, ...declarations].map((file) => `${folder}/${file}`);
}

function systemComponents({ folder }: Release): string {
  return path.resolve(folder, 'node_modules', '@system');
}

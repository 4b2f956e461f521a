/**
 * Compiles a factory folder with the real compiler of a release, in a folder of its own, without any of Uplift's code: what the
 * factory's own tests measure the sample and the generator by.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type FactoryModule, readModules, type Unit, unitsOf } from './factoryModules.js';

export interface Compilation {
  /** Messages by the name of the module or, for modules that reference each other, of their unit (`@acme/a + @acme/b`). */
  readonly errors: Readonly<Record<string, readonly string[]>>;
  /** The compiled entry of a module, which Node can load. */
  entry(module: string): string;
}

export interface CompileRequest {
  readonly factory: string;
  readonly release: string;
  /** An empty folder, or one to be made. */
  readonly into: string;
  /** Folder name of a module to sources that replace those of the same name. */
  readonly fixes?: string;
}

const options = {
  strict: true,
  target: 'es2022',
  lib: ['es2022'],
  types: [],
  module: 'nodenext',
  declaration: true,
  composite: true,
  skipLibCheck: true,
};

/** Rejects when the compiler breaks down, or says something about no module. */
export async function compileFactory(request: CompileRequest): Promise<Compilation> {
  const { factory, release, into } = request;
  const modules = readModules(factory);
  const units = unitsOf(modules);
  for (const unit of units) stageUnit(request, modules, units, unit);
  const references = units.map((unit) => ({ path: `./${unitFolder(unit)}` }));
  write(path.join(into, 'tsconfig.json'), JSON.stringify({ files: [], references }));
  const output = await runCompiler(path.join(factory, 'releases', release), into);
  return {
    errors: errorsByUnit(output, units),
    entry(name) {
      const unit = units.find((candidate) => candidate.some((member) => member.name === name));
      if (!unit) throw new Error(`${factory} has no module ${name}`);
      return path.join(into, unitFolder(unit), folderOf(unit, name), 'src/index.js');
    },
  };
}

function stageUnit(
  { factory, release, into, fixes }: CompileRequest,
  modules: readonly FactoryModule[],
  units: readonly Unit[],
  unit: Unit,
): void {
  const unitOf = (name: string) => units.find((candidate) => candidate.some((member) => member.name === name)) ?? [];
  for (const { name, folder, producers } of unit) {
    const at = path.join(into, unitFolder(unit), folder);
    fs.cpSync(path.join(factory, 'modules', folder, 'src'), path.join(at, 'src'), { recursive: true });
    const fixed = fixes && path.join(fixes, folder);
    if (fixed && fs.existsSync(fixed)) fs.cpSync(fixed, at, { recursive: true });
    const exports = { '.': { types: './src/index.d.ts', default: './src/index.js' } };
    write(path.join(at, 'package.json'), JSON.stringify({ name, type: 'module', exports }));
    link(path.join(factory, 'releases', release, 'node_modules/@system'), path.join(at, 'node_modules/@system'));
    for (const producer of producers) {
      const target = path.join(into, unitFolder(unitOf(producer)), folderOf(modules, producer));
      link(target, path.join(at, 'node_modules', producer));
    }
  }
  const used = new Set(unit.flatMap(({ producers }) => producers.map((producer) => unitFolder(unitOf(producer)))));
  used.delete(unitFolder(unit));
  write(
    path.join(into, unitFolder(unit), 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { ...options, rootDir: '.' },
      include: ['*/src/**/*.ts'],
      exclude: ['**/*.d.ts'],
      references: [...used].map((folder) => ({ path: `../${folder}` })),
    }),
  );
}

function runCompiler(release: string, folder: string): Promise<string> {
  const { compiler } = JSON.parse(fs.readFileSync(path.join(release, 'release.json'), 'utf8'));
  const [command, ...first] = compilerCommand(compiler.version);
  const call = [...first, '-b', '.', '--pretty', 'false', '--verbose'];
  return new Promise((resolve, reject) => {
    execFile(command ?? '', call, { cwd: folder, maxBuffer: 64_000_000 }, (error, output, complaints) => {
      // The compiler ends with 1 or 2 when it has found errors, which is an answer.
      if (error && error.code !== 1 && error.code !== 2) reject(new Error(`${error.message}\n${complaints}`));
      else resolve(output);
    });
  });
}

/** The newest compiler is a native program in the package of this platform; the older one is JavaScript. */
function compilerCommand(version: string): string[] {
  const resolve = createRequire(import.meta.url).resolve;
  if (version === '6.0.3') return [process.execPath, resolve('typescript-6.0.3/lib/tsc.js')];
  const ofCompiler = createRequire(resolve('typescript-7.0.2/package.json')).resolve;
  const manifest = ofCompiler(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
  return [path.join(path.dirname(manifest), 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc')];
}

/** An error belongs to the project whose building was announced before it, wherever the file is that it names. */
function errorsByUnit(output: string, units: readonly Unit[]): Record<string, string[]> {
  const names = new Map(units.map((unit) => [unitFolder(unit), unit.map(({ name }) => name).join(' + ')]));
  const errors: Record<string, string[]> = {};
  let current: string | undefined;
  for (const line of output.split('\n')) {
    const building = /Building project '(?:.*\/)?([^/]+)\/tsconfig\.json'/.exec(line);
    if (building) current = names.get(building[1] ?? '');
    if (!/error TS\d+/.test(line)) continue;
    if (current === undefined) throw new Error(`The compiler says this of no module: ${line}`);
    errors[current] = [...(errors[current] ?? []), line];
  }
  return errors;
}

function unitFolder(unit: Unit): string {
  return unit.map(({ folder }) => folder).join('+');
}

function folderOf(modules: readonly FactoryModule[], name: string): string {
  return modules.find((module) => module.name === name)?.folder ?? name;
}

function link(target: string, at: string): void {
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.symlinkSync(path.resolve(target), at, 'junction');
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** Releases and modules written out by hand, for the tests that compile them. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { compileGroup } from '../../platform/embedded/compile/compiler.js';
import type {
  CompileMember,
  CompileUnit,
  GroupRequest,
  GroupResult,
  ProducerDeclarations,
  UnitResult,
} from '../../platform/embedded/compile/group.js';
import type { Release } from '../../platform/embedded/compile/release.js';

export const native = '7.0.2';
export const javascript = '6.0.3';

/** A data folder that `remove` takes away. */
export function dataFolder(): { readonly folder: string; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'uplift-test-'));
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

export function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** `format()` of the older one answers a text, of the newer one an object with the text in it. */
export const olderText = {
  types: 'export declare function format(value: number): string;\n',
  code: "export const format = (value) => 'older ' + value;\n",
};
export const newerText = {
  types: 'export interface Formatted { text: string }\nexport declare function format(value: number): Formatted;\n',
  code: "export const format = (value) => ({ text: 'newer ' + value });\n",
};

export interface ReleaseParts {
  readonly version: string;
  readonly compiler?: string;
  readonly text?: { readonly types: string; readonly code: string };
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
}

/** A release whose one system component is `@system/text`. */
export function writeRelease(
  data: string,
  { version, compiler = native, text = olderText, compilerOptions }: ReleaseParts,
): void {
  const folder = path.join(data, 'releases', version);
  const component = path.join(folder, 'node_modules/@system/text');
  const described = {
    version,
    compiler: { package: 'typescript', version: compiler },
    components: { '@system/text': version },
  };
  write(
    path.join(folder, 'release.json'),
    JSON.stringify({ ...described, ...(compilerOptions && { compilerOptions }) }),
  );
  const exports = { '.': { types: './index.d.ts', default: './index.js' } };
  write(
    path.join(component, 'package.json'),
    JSON.stringify({ name: '@system/text', version, type: 'module', exports }),
  );
  write(path.join(component, 'index.d.ts'), text.types);
  write(path.join(component, 'index.js'), text.code);
}

/** A module of one file, or of several by path. */
export function member(
  name: string,
  source: string | Readonly<Record<string, string>>,
  references: readonly string[] = [],
): CompileMember {
  return { name, files: typeof source === 'string' ? { 'src/index.ts': source } : source, references };
}

/** A unit of its own, or of members that reference each other. */
export function unit(
  members: CompileMember | readonly CompileMember[],
  producers: readonly string[] = [],
): CompileUnit {
  const all = [members].flat();
  return { id: all[0]?.name ?? '', members: all, producers };
}

let tokens = 0;

export function compile(
  release: Release,
  units: readonly CompileUnit[],
  rest: Partial<GroupRequest> = {},
): Promise<GroupResult> {
  const signal = new AbortController().signal;
  return compileGroup({
    release,
    units,
    producers: new Map(),
    token: ++tokens,
    signal,
    patience: 60_000,
    memory: 4_096,
    inTurn: (_request, work) => work(),
    purpose: 'publish',
    ...rest,
  });
}

export function prepared(result: UnitResult | undefined): Extract<UnitResult, { kind: 'prepared' }> {
  if (result?.kind !== 'prepared') throw new Error(`not prepared: ${JSON.stringify(result)}`);
  return result;
}

/** What consumers of `name` are given of it once it is prepared. */
export function declared(
  result: UnitResult | undefined,
  name: string,
  references: readonly string[] = [],
): [string, ProducerDeclarations] {
  const files = prepared(result)
    .files.filter((file) => file.path.startsWith(`${name}/`) && file.path.endsWith('.d.ts'))
    .map((file) => ({ path: file.path.slice(name.length + 1), text: file.text }));
  return [name, { files, references }];
}

export function textOf(result: UnitResult | undefined, file: string): string | undefined {
  return prepared(result).files.find((candidate) => candidate.path === file)?.text;
}

/** Work folders of this process, of any test of this file. */
export function workFolders(): readonly string[] {
  const parents = [...new Set(['/dev/shm', os.tmpdir()])].filter((parent) => fs.existsSync(parent));
  return parents
    .flatMap((parent) => fs.readdirSync(parent))
    .filter((name) => name.startsWith(`uplift-${process.pid}-`));
}

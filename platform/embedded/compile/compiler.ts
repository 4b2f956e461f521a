/** Compiling a group of units in one run of the compiler, with a verdict for each. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { assertRoom } from '../../../database/fullDisk.js';
import { withOpenFile } from '../../../database/openFiles.js';
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { compilerMemoryVariable } from '../../processes/processEnvironment.js';
import type { ArtifactFile } from './artifacts.js';
import { type CompilerRun, runCompiler } from './compilerProcess.js';
import type { CompilePurpose } from './compilerTurns.js';
import { type Declarations, declarationsReader, namedModules } from './declarations.js';
import type { CompileMember, CompileUnit, GroupRequest, GroupResult, UnitResult } from './group.js';
import { lastBuilt } from './output.js';
import { compiledFiles, declaredFolder, projectFile, stagedGroup } from './staging.js';
import { writeTree } from './tree.js';
import { type JudgedUnit, judge } from './verdicts.js';
import { compiledGroup, inWorkFolder } from './workFolder.js';

export type { CompileUnit, ProducerDeclarations } from './group.js';

/**
 * Compiles `units` for `release`. The same unit gives the same bytes in any group and any folder.
 * Throws `COMPILER_FAULT` when the compiler fails for no module's fault, `COMPILER_TIMEOUT` when it does not end in its time,
 * `DISK_FULL`, and the reason of `signal` once that aborts.
 */
export async function compileGroup(request: GroupRequest): Promise<GroupResult> {
  const { units, token, inTurn } = request;
  if (units.length === 0) return new Map();
  assertDeclarations(request);
  return inTurn(request, () => inWorkFolder(token, (folder) => compileIn(folder, request)));
}

async function compileIn(folder: string, request: GroupRequest): Promise<GroupResult> {
  const { release, units } = request;
  await writeTree(folder, stagedGroup(request));
  const run = await runCompiler(release.compiler, folder, request);
  if (run.exit === 'out of time') throw compilerTimeout(request, run);
  const judgement = judge(units, run, folder);
  // What a compiler says of a full disk differs from one to the other; some crash.
  if (judgement.kind === 'fault') assertRoom(compiledGroup, folder);
  if (judgement.kind === 'fault') throw compilerFault(request, judgement.why, run);
  const compiled = judgement.units.filter(({ verdict }) => verdict.kind === 'compiled').map(({ unit }) => unit);
  const outputs = await readOutputs(folder, compiled).catch((error: Error) => {
    throw compilerFault(request, `left a module without its output: ${error.message}`, run);
  });
  return results(request, judgement.units, outputs);
}

/** Compiled members' files at paths below the module's folder. */
type Outputs = ReadonlyMap<ModuleName, readonly ArtifactFile[]>;

async function readOutputs(folder: string, units: readonly CompileUnit[]): Promise<Outputs> {
  const members = units.flatMap((unit) => unit.members);
  const read = members.map(async (member): Promise<[ModuleName, ArtifactFile[]]> => {
    const texts = outputPaths(member).map(async (file) => ({
      path: file,
      text: await withOpenFile(() => readFile(path.join(folder, declaredFolder, member.name, file), 'utf8')),
    }));
    return [member.name, await Promise.all(texts)];
  });
  return new Map(await Promise.all(read));
}

/** What is written for each source, and the declarations that are written by hand. */
function outputPaths(member: CompileMember): readonly string[] {
  const { sources, declarations } = compiledFiles(member);
  const written = sources.flatMap((file) => ['.d.ts', '.js'].map((ending) => file.replace(/\.ts$/, ending)));
  return [...written, ...declarations].sort();
}

function results({ producers }: GroupRequest, judged: readonly JudgedUnit[], outputs: Outputs): GroupResult {
  const declarations: Declarations = new Map([
    ...[...producers].map(([name, { files }]) => [name, files] as const),
    ...[...outputs].map(([name, files]) => [name, files.filter((file) => file.path.endsWith('.d.ts'))] as const),
  ]);
  const declarationsOf = declarationsReader(declarations);
  const prepared = ({ members }: CompileUnit): UnitResult => ({
    kind: 'prepared',
    files: members.flatMap(({ name }) => filesBelow(name, outputs.get(name) ?? [])),
    declarations: Object.fromEntries(members.map(({ name }) => [name, declarationsOf(name)])),
  });
  return new Map(judged.map(({ unit, verdict }) => [unit.id, verdict.kind === 'compiled' ? prepared(unit) : verdict]));
}

function filesBelow(name: ModuleName, files: readonly ArtifactFile[]): readonly ArtifactFile[] {
  return files.map((file) => ({ path: `${name}/${file.path}`, text: file.text }));
}

/** A declaration that names a module which is not there would be read as `any`, and errors would go unseen. */
function assertDeclarations({ release, units, producers }: GroupRequest): void {
  const inGroup = new Set(units.flatMap(({ members }) => members.map(({ name }) => name)));
  for (const [name, { files, references }] of producers) {
    const absent = new Set(references.filter((reference) => !producers.has(reference) && !inGroup.has(reference)));
    const [missing] = absent.size === 0 ? [] : namedModules(files, absent);
    if (missing) {
      throw new UpliftError('COMPILER_FAULT', {
        what: `A group of ${units.length} could not be compiled for ${release.version}: the declarations of ${name} name ${missing}, whose own are not there`,
        next: 'prepare again: the group is compiled once they are',
      });
    }
  }
}

function compilerFault(
  { release, units, purpose }: GroupRequest,
  why: string,
  { stdout, stderr, exit }: CompilerRun,
): UpliftError {
  const said = shortened(stderr.trim() || stdout.trim());
  return new UpliftError('COMPILER_FAULT', {
    what: `typescript ${release.compiler.version}, compiling ${units.length} units for ${release.version}, ${why}${said && `. It ended with: ${said}`}`,
    next: nextAfter(exit, purpose),
  });
}

function compilerTimeout({ release, units, patience }: GroupRequest, { stdout }: CompilerRun): UpliftError {
  const project = lastBuilt(stdout);
  const unit = units.find(({ id }) => projectFile(id) === project);
  const one = unit ?? units[0];
  const subject = units.length === 1 && one ? unitName(one) : `${units.length} units`;
  const at = unit && units.length > 1 ? `; it was at ${unitName(unit)}` : '';
  return new UpliftError('COMPILER_TIMEOUT', {
    what: `typescript ${release.compiler.version}, compiling ${subject} for ${release.version}, was ended after ${patience / 1000} s${at}`,
    next: 'make types and files simpler that take the compiler so long, then publish again',
  });
}

function unitName({ members }: CompileUnit): string {
  return members.map(({ name }) => name).join(', ');
}

function nextAfter(exit: CompilerRun['exit'], purpose: CompilePurpose): string {
  if (typeof exit === 'object' && 'megabytes' in exit) {
    return `set ${compilerMemoryVariable}=${2 * exit.megabytes} where uplift up is started, and start it again`;
  }
  switch (purpose) {
    case 'preparation':
      return 'nothing: the group is tried again by itself, in smaller ones if need be';
    case 'publish':
      return 'publish again';
  }
}

/** The beginning, where a crash says what it is, and the end, on one line. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 1000 ? line : `${line.slice(0, 400)} … ${line.slice(-600)}`;
}

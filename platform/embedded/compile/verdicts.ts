/** From what the compiler said to a verdict per unit of a group. */
import { type DiagnosticList, diagnosticList } from '../../../domain/modules/diagnostics.js';
import type { UnitId } from '../../../domain/modules/graph.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { compilerMemoryVariable } from '../../processes/processEnvironment.js';
import type { CompilerRun } from './compilerProcess.js';
import type { CompileUnit, Diagnostics, UnitResult } from './group.js';
import { type BuiltProject, type PrintedDiagnostic, readCompilerOutput } from './output.js';
import { projectFile } from './staging.js';

type UnitVerdict = { readonly kind: 'compiled' } | Exclude<UnitResult, { kind: 'prepared' }>;

export interface JudgedUnit {
  readonly unit: CompileUnit;
  readonly verdict: UnitVerdict;
}

/** `fault`: it says nothing about the modules, or nothing that can be relied on. */
export type Judgement =
  | { readonly kind: 'judged'; readonly units: readonly JudgedUnit[] }
  | { readonly kind: 'fault'; readonly why: string };

/** `folder` is where the compiler ran, an absolute path. */
export function judge(units: readonly CompileUnit[], run: CompilerRun, folder: string): Judgement {
  const problem = brokenDown(run);
  if (problem) return fault(problem);
  const output = readCompilerOutput(run.stdout);
  if (output.kind === 'unclear') return fault(`said what no module is answerable for: ${output.line}`);
  const { built } = output;
  const diagnostics = built.flatMap((project) => project.diagnostics);
  const ofOptions = diagnostics.find(({ path }) => path.endsWith('.json'));
  if (ofOptions) return fault(`refused the release’s options: ${ofOptions.code} ${ofOptions.message}`);
  if (units.length !== built.length || units.some(({ id }, index) => projectFile(id) !== built[index]?.project)) {
    return fault('built other projects than it was given, or in another order');
  }
  if (diagnostics.length > 0 !== exitsWithErrors(run)) return fault('ended with a code that does not fit what it said');
  return { kind: 'judged', units: inTurn(units, built, folder) };
}

function inTurn(units: readonly CompileUnit[], built: readonly BuiltProject[], folder: string): readonly JudgedUnit[] {
  const verdicts = new Map<UnitId, UnitVerdict>();
  return units.map((unit, index) => {
    const verdict = verdictOf(unit, built[index]?.diagnostics ?? [], verdicts, folder);
    verdicts.set(unit.id, verdict);
    return { unit, verdict };
  });
}

/** Errors of a unit below a failing one are not its own: it met what the failing one left behind. */
function verdictOf(
  unit: CompileUnit,
  printed: readonly PrintedDiagnostic[],
  earlier: ReadonlyMap<UnitId, UnitVerdict>,
  folder: string,
): UnitVerdict {
  for (const producer of unit.producers) {
    const verdict = earlier.get(producer);
    if (verdict?.kind === 'failed') return { kind: 'skipped', below: producer };
    if (verdict?.kind === 'skipped') return verdict;
  }
  return printed.length === 0 ? { kind: 'compiled' } : { kind: 'failed', diagnostics: byMember(unit, printed, folder) };
}

/**
 * Diagnostics at a place outside the unit go to the first member that has some of its own, or to the first of all. In time that grows
 * with their number: there may be tens of thousands, and a lease runs meanwhile.
 */
function byMember(unit: CompileUnit, printed: readonly PrintedDiagnostic[], folder: string): Diagnostics {
  const names = unit.members.map(({ name }) => name);
  const placed = printed.map((diagnostic) => ({ diagnostic, place: placeOf(diagnostic.path) }));
  const ownerOf = (place: string) => names.find((name) => place.startsWith(`${name}/`));
  const answerable =
    placed.map(({ place }) => ownerOf(place)).find((name) => name !== undefined) ?? names[0] ?? unit.id;
  const lists = new Map<ModuleName, DiagnosticList>();
  for (const { diagnostic, place } of placed) {
    const owner = ownerOf(place);
    const { line, column, code, message } = diagnostic;
    const file = owner === undefined ? place : place.slice(owner.length + 1);
    const list = lists.get(owner ?? answerable) ?? diagnosticList();
    lists.set(owner ?? answerable, list);
    list.add({ file, line, column, code, message: withoutFolder(message, folder) });
  }
  return Object.fromEntries([...lists].map(([name, list]) => [name, list.kept()]));
}

/** `@acme/claims/src/index.ts`, wherever the module, or a system component, stands. */
function placeOf(path: string): string {
  return path.replace(/^sources\/[^/]+\//, '').replace(/^.*node_modules\//, '');
}

/** Messages name files by their absolute paths, of which only the part from the module's name says something. */
function withoutFolder(message: string, folder: string): string {
  const root = folder.replaceAll('\\', '/');
  const [before = '', ...paths] = message.split(`${root}/sources/`);
  const shown = [before, ...paths.map((path) => path.replace(/^[^/'"]+\//, ''))].join('');
  return shown.replaceAll(`${root}/declared/node_modules/`, '').replaceAll(`${root}/`, '');
}

function brokenDown({ exit, stderr }: CompilerRun): string | undefined {
  if (exit === 'not started') return `could not be started: ${stderr}`;
  if (exit === 'out of time') return 'did not end in its time';
  if ('megabytes' in exit)
    return `wanted more memory than the ${exit.megabytes} MB it may take (${compilerMemoryVariable})`;
  if ('signal' in exit) return `was ended by ${exit.signal}`;
  if (exit.code > 2) return `ended with code ${exit.code}`;
  // It says all it has to say on the other stream. A crash of the native one ends with the code of ordinary errors.
  return stderr.trim() === '' ? undefined : 'broke down';
}

function exitsWithErrors({ exit }: CompilerRun): boolean {
  return typeof exit === 'object' && 'code' in exit && exit.code !== 0;
}

function fault(why: string): Judgement {
  return { kind: 'fault', why };
}

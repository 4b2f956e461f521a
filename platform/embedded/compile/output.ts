/**
 * Reading what the compiler says. Diagnostics belong to the project named by the last `Building project` line before them, and never
 * to the module whose path they print: an error of a consumer can be printed with its producer's path.
 */

export interface PrintedDiagnostic {
  /** As printed: relative to the folder the compiler runs in. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  /** All of it, one line per level of explanation. */
  readonly message: string;
}

export interface BuiltProject {
  /** Name of the project file, without folder. */
  readonly project: string;
  readonly diagnostics: readonly PrintedDiagnostic[];
}

/** `unclear`: what it says cannot be charged to a project; `line` is the first that cannot. */
export type CompilerOutput =
  | { readonly kind: 'clear'; readonly built: readonly BuiltProject[] }
  | { readonly kind: 'unclear'; readonly line: string };

const clockTime = String.raw`\d{1,2}:\d\d:\d\d(?:\s[AP]M)?`;
const status = new RegExp(`^${clockTime} - `, 'u');
const building = new RegExp(`^${clockTime} - Building project '(?:.*/)?([^/]+)'\\.\\.\\.$`, 'u');
const diagnostic = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/s;

/** The projects in the order they were built in. The older compiler prints their whole paths, the newer one relative ones. */
export function readCompilerOutput(stdout: string): CompilerOutput {
  const built: { readonly project: string; readonly diagnostics: PrintedDiagnostic[] }[] = [];
  for (const entry of entries(stdout)) {
    const [, project] = building.exec(entry) ?? [];
    const printed = readDiagnostic(entry);
    const current = built.at(-1);
    if (project) built.push({ project, diagnostics: [] });
    else if (printed && current) current.diagnostics.push(printed);
    else if (!status.test(entry)) return { kind: 'unclear', line: entry.replace(/\n.*/s, '') };
  }
  return { kind: 'clear', built };
}

/** The project that was being built when the output ended. */
export function lastBuilt(stdout: string): string | undefined {
  return entries(stdout)
    .map((entry) => building.exec(entry)?.[1])
    .findLast((project) => project !== undefined);
}

/** Lines that are not indented, each with the indented ones that explain it. */
function entries(stdout: string): readonly string[] {
  const lines = stdout.replaceAll('\r\n', '\n').trim();
  return lines === '' ? [] : lines.split(/\n+(?=\S)/);
}

function readDiagnostic(entry: string): PrintedDiagnostic | undefined {
  const [, path, line, column, code, message] = diagnostic.exec(entry) ?? [];
  if (!path || !code || message === undefined) return undefined;
  return { path, line: Number(line), column: Number(column), code, message };
}

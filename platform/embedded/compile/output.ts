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
/** An error of no place, which no project is answerable for. */
const placeless = /^error TS\d+: /;

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

/**
 * What it says, one thing after the other. Every line after a diagnostic belongs to it, up to the next beginning of something: a message
 * quotes types as they are written, with line breaks. What follows anything else belongs to that only while it is indented.
 */
function entries(stdout: string): readonly string[] {
  const found: { readonly isDiagnostic: boolean; readonly lines: string[] }[] = [];
  for (const line of stdout.split(/\r?\n/)) {
    const isDiagnostic = diagnostic.test(line);
    const begins = isDiagnostic || status.test(line) || placeless.test(line);
    const current = found.at(-1);
    const continues = line.trim() === '' || current?.isDiagnostic || /^\s/.test(line);
    if (!begins && continues) current?.lines.push(line);
    else found.push({ isDiagnostic, lines: [line] });
  }
  return found.map(({ lines }) => lines.join('\n').trimEnd());
}

function readDiagnostic(entry: string): PrintedDiagnostic | undefined {
  const [, path, line, column, code, message] = diagnostic.exec(entry) ?? [];
  if (!path || !code || message === undefined) return undefined;
  return { path, line: Number(line), column: Number(column), code, message };
}

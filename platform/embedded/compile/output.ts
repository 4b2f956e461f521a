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

/** `unclear`: what it says cannot be charged to a project; `line` is the first such line. */
export type CompilerOutput =
  | { readonly kind: 'clear'; readonly built: readonly BuiltProject[] }
  | { readonly kind: 'unclear'; readonly line: string };

const clockTime = String.raw`\d{1,2}:\d\d:\d\d(?:\s[AP]M)?`;
const statusLine = new RegExp(`^${clockTime} - `, 'u');
const buildingLine = new RegExp(`^${clockTime} - Building project '(?:.*/)?([^/]+)'\\.\\.\\.$`, 'u');
const diagnosticLine = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/;

/** The projects in the order they were built in. The older compiler prints their whole paths, the newer one relative ones. */
export function readCompilerOutput(stdout: string): CompilerOutput {
  const built: { project: string; diagnostics: (PrintedDiagnostic & { message: string })[] }[] = [];
  let explained: { message: string } | undefined;
  for (const line of stdout.split(/\r?\n/)) {
    const [, project] = buildingLine.exec(line) ?? [];
    const diagnostic = readDiagnostic(line);
    const current = built.at(-1);
    if (project) built.push({ project, diagnostics: [] });
    else if (diagnostic && current) current.diagnostics.push(diagnostic);
    else if (/^\s+\S/.test(line)) {
      if (explained) explained.message += `\n${line}`;
      continue;
    } else if (line !== '' && !statusLine.test(line)) return { kind: 'unclear', line };
    if (line !== '') explained = diagnostic;
  }
  return { kind: 'clear', built };
}

function readDiagnostic(
  line: string,
): { -readonly [Key in keyof PrintedDiagnostic]: PrintedDiagnostic[Key] } | undefined {
  const [, path, row, column, code, message] = diagnosticLine.exec(line) ?? [];
  if (!path || !code || message === undefined) return undefined;
  return { path, line: Number(row), column: Number(column), code, message };
}

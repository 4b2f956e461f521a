/** The compiler's messages about one module, as many as people read: the rest is counted. */

import { counted, oneLine, shortened } from '../text.js';
import type { Diagnostic } from './module.js';

/** Messages of one module that are kept, and characters of one message and of a path. */
const most = { messages: 100, message: 2_000, path: 500 };

/** Code of the entry that stands, last, for the messages that are not kept. */
const cut = 'CUT';

export interface DiagnosticList {
  readonly add: (diagnostic: Diagnostic) => void;
  /** Those that are kept, each cut to its length, and at most one entry more that says how many there were: `and 29,900 more`. */
  readonly kept: () => readonly Diagnostic[];
}

export function diagnosticList(): DiagnosticList {
  const kept: Diagnostic[] = [];
  let more = 0;
  return {
    add: (diagnostic) => {
      if (kept.length < most.messages) kept.push(cutToLength(diagnostic));
      else more += 1;
    },
    kept: () =>
      more === 0 ? kept : [...kept, { file: '', line: 0, column: 0, code: cut, message: `and ${counted(more)} more` }],
  };
}

/** As they were kept, also before there was a limit. */
export function parseDiagnostics(text: string | null): readonly Diagnostic[] {
  const stored = text === null ? [] : (JSON.parse(text) as readonly Diagnostic[]);
  const last = stored.at(-1);
  if (last && isCut(last)) return stored;
  const list = diagnosticList();
  for (const diagnostic of stored) list.add(diagnostic);
  return list.kept();
}

/** `2 errors`, `100 errors and 29,900 more`. */
export function errorCount(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((diagnostic) => !isCut(diagnostic)).length;
  const more = diagnostics.filter(isCut).map(({ message }) => ` ${message}`);
  return `${errors} ${errors === 1 ? 'error' : 'errors'}${more.join('')}`;
}

/** It stands for the messages that were not kept. */
export function isCut({ code }: Diagnostic): boolean {
  return code === cut;
}

/** The first on one line, with its place, short enough for a report. */
export function firstProblem([first]: readonly Diagnostic[]): string {
  if (!first) return 'no message';
  return shortened(oneLine(diagnosticText(first)), 400);
}

/** With its place, where it has one. */
export function diagnosticText(diagnostic: Diagnostic): string {
  const { file, line, column, code, message } = diagnostic;
  if (isCut(diagnostic)) return message;
  return line === 0 ? `${code} ${message}` : `${file}:${line}:${column} ${code} ${message}`;
}

function cutToLength({ file, message, ...place }: Diagnostic): Diagnostic {
  return { ...place, file: shortened(file, most.path), message: shortened(withoutControls(message), most.message) };
}

/** It is shown on terminals, and may quote the module's texts: only line ends and tabs may act there. */
function withoutControls(message: string): string {
  return message.replace(/[^\P{Cc}\n\t]/gu, '\u{FFFD}');
}

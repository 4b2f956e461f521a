/**
 * YAML as values that know where they stand. What makes a file mean something else than it shows is refused: several documents,
 * directives, and what `located.ts` refuses.
 */
import { parseDocument } from 'yaml';
import type { Complaint } from './complaint.js';
import { type Located, locate } from './located.js';
import { syntaxProblem } from './syntax.js';

export interface LocatedDocument {
  /** The values that could be read; undefined when the text is not YAML. */
  readonly root: Located | undefined;
  readonly complaints: readonly Complaint[];
}

/** Never throws. */
export function readDocument(text: string): LocatedDocument {
  const document = parseDocument(text, {
    prettyErrors: false,
    // Found when values are located, in one pass; the library compares each key with each other.
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const refused = (complaints: readonly Complaint[]) => ({ root: undefined, complaints });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return refused(
      syntax.map(({ code, message, pos: [offset] }) => ({
        offset: Math.min(offset, text.length),
        problem: syntaxProblem(code, message),
      })),
    );
  }
  if (document.directives?.yaml.version !== '1.2')
    return refused([{ offset: 0, problem: 'the file is read as YAML 1.2; leave the line %YAML out' }]);
  if (!document.contents)
    return refused([{ offset: 0, problem: 'the file says nothing; begin with a line such as infrastructure: acme' }]);
  return locate(document.contents);
}

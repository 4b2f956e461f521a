/** Why a text is not YAML, in words that say what to do about it. */
import type { ErrorCode } from 'yaml';

/** `message` is the YAML reader's own. */
export function syntaxProblem(code: ErrorCode, message: string): string {
  const cure = cures[code];
  const said = message
    .replace(/\s+/g, ' ')
    .replace(/[\s:.]+$/, '')
    .slice(0, 200);
  return `this cannot be read as YAML (${said})${cure ? `; ${cure}` : ''}`;
}

const inQuotes = 'put the text in quotes';

const cures: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: 'an alias such as *nights stands alone',
  BAD_ALIAS: 'an alias such as *nights repeats what an anchor &nights marked above it',
  BAD_DIRECTIVE: 'leave lines that begin with % out',
  BAD_DQ_ESCAPE: 'use single quotes for a text with a backslash',
  BAD_INDENT: 'indent by two blanks for each level, and close every bracket',
  BAD_SCALAR_START: inQuotes,
  BLOCK_AS_IMPLICIT_KEY: 'put a text with a colon and a blank in quotes',
  BLOCK_IN_FLOW: 'inside brackets write lists as [a, b] and keys as {key: value}',
  KEY_OVER_1024_CHARS: 'a key is short, with a colon and a blank behind it',
  MISSING_CHAR: 'close every quote and bracket, and put a blank behind a colon',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line, with a colon and a blank behind it',
  MULTIPLE_ANCHORS: 'a value has one anchor',
  MULTIPLE_DOCS: 'the file holds one document: leave the line --- out',
  MULTIPLE_TAGS: 'leave tags that begin with ! out',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'indent with blanks instead of tabs',
  TAG_RESOLVE_FAILED: 'leave tags that begin with ! out',
  UNEXPECTED_TOKEN: inQuotes,
};

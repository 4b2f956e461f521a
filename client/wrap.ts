/** Lines of a text broken between words, so that a terminal of any width shows them whole. */
import { stripVTControlCharacters } from 'node:util';

/** Columns below which breaking makes it worse. */
const narrowest = 30;

/** Each line that is longer than `width` goes on below its last column; a command to type and JSON to paste stay on their line. */
export function wrapLines(text: string, width: number): string {
  if (width < narrowest) return text;
  return text
    .split('\n')
    .flatMap((line) => (shownLength(line) <= width || stays(line) ? [line] : broken(line, width)))
    .join('\n');
}

/** Whoever copies it copies a line. */
function stays(line: string): boolean {
  return /^(?:.*\s{2})?(?:npx )?uplift [a-z-]+ /.test(stripVTControlCharacters(line)) || /^\s*[{[]/.test(line);
}

function broken(line: string, width: number): readonly string[] {
  const begin = ' '.repeat(hangingIndent(stripVTControlCharacters(line), width));
  const lines: string[] = [];
  let current = /^\s*/.exec(line)?.[0] ?? '';
  let empty = true;
  for (const [, gap = '', word = ''] of line.trimStart().matchAll(/(\s*)(\S+)/g)) {
    const fits = shownLength(current + gap + word) <= width;
    if (!empty && !fits && shownLength(begin + word) <= width) {
      lines.push(current);
      current = begin + word;
    } else {
      current += gap + word;
    }
    empty = false;
  }
  return [...lines, current];
}

/** Where the last column begins; where that is beyond the middle, two more than the line itself. */
function hangingIndent(line: string, width: number): number {
  const own = line.length - line.trimStart().length;
  const columns = [...line.matchAll(/\s{2,}/g)].map(({ index, 0: gap }) => index + gap.length);
  const last = columns.findLast((column) => column <= width / 2);
  return last === undefined || last === own ? own + (columns.length === 0 ? 2 : 0) : last;
}

function shownLength(line: string): number {
  return stripVTControlCharacters(line).length;
}

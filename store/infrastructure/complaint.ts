/** What is wrong with uplift.yaml, each with its place, as one error. */
import { LineCounter } from 'yaml';
import { UpliftError } from '../../domain/errors.js';

export interface Complaint {
  /** Where in the text, from 0. */
  readonly offset: number;
  /** A sentence without its full stop: what is wrong, and what is allowed. */
  readonly problem: string;
}

/** Complaints that are shown; those beyond are counted. */
const mostShown = 20;

/** A line each, in the order of `text`: `uplift.yaml:LINE:COLUMN: problem`. Lines and columns count from 1. */
export function refusal(complaints: readonly Complaint[], file: string, text: string): UpliftError {
  const lines = linesOf(text);
  // What several aliases repeat is complained about once.
  const different = new Map(complaints.map((complaint) => [`${complaint.offset} ${complaint.problem}`, complaint]));
  const inOrder = [...different.values()].sort((left, right) => left.offset - right.offset);
  const told = inOrder
    .slice(0, mostShown)
    .map(({ offset, problem }) => `${file}:${placeOf(offset, lines)}: ${visible(problem)}`);
  const more = inOrder.length - told.length;
  return new UpliftError('FACTORY_INVALID', {
    what: [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    next: `correct ${file} and try again; nothing was touched`,
  });
}

/** Counted here: the reader's own count leaves lines out after some mistakes. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

function placeOf(offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

/** Parts of the file come back in complaints: nothing in them may steer a terminal or break the line. */
function visible(problem: string): string {
  return problem.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

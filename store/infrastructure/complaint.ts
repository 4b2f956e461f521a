/** What is wrong with uplift.yaml, or with another file that people write, each with its place, as one error. */
import { LineCounter } from 'yaml';
import { type ErrorCode, UpliftError } from '../../domain/errors.js';

export interface Complaint {
  /** Where in the text, from 0. */
  readonly offset: number;
  /** A sentence without its full stop: what is wrong, and what is allowed. */
  readonly problem: string;
}

/** As the cause of the error has all of them, in the order of the text; line and column count from 1. */
export interface PlacedComplaint {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

/** Complaints that are shown; those beyond are counted. */
const mostShown = 20;

/** A line each, in the order of `text`: `uplift.yaml:LINE:COLUMN: problem`. Lines and columns count from 1. */
export function refusal(
  complaints: readonly Complaint[],
  file: string,
  text: string,
  code: ErrorCode = 'FACTORY_INVALID',
): UpliftError {
  const lines = linesOf(text);
  // What several aliases repeat is complained about once.
  const different = new Map(complaints.map((complaint) => [`${complaint.offset} ${complaint.problem}`, complaint]));
  const inOrder = [...different.values()].sort((left, right) => left.offset - right.offset);
  const placed = inOrder.map(({ offset, problem }): PlacedComplaint => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column, problem: visible(problem) };
  });
  const told = placed.slice(0, mostShown).map(({ line, column, problem }) => `${file}:${line}:${column}: ${problem}`);
  const more = placed.length - told.length;
  return new UpliftError(
    code,
    {
      what: [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
      next: `correct ${file} and try again; nothing was touched`,
    },
    { cause: placed },
  );
}

/** Counted here: the reader's own count leaves lines out after some mistakes. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

/** Parts of the file come back in complaints: nothing in them may steer a terminal or break the line. */
function visible(problem: string): string {
  return problem.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

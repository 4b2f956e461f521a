/** What is wrong with files that are to be imported, each with its place; all of it is told at once. */
import { UpliftError } from '../domain/errors.js';
import { counted, oneLine, shortened } from '../domain/text.js';

export interface Complaint {
  /** As it was named; of a folder that is checked, what is below it, with forward slashes. */
  readonly file: string;
  /** From 1; null: the file as a whole. */
  readonly line: number | null;
  /** A sentence without its full stop: what is wrong, and what is allowed. */
  readonly problem: string;
  /** `warned`: it does not count, or will disappoint, but keeps nothing from being imported. */
  readonly severity: 'refused' | 'warned';
}

/** Complaints that an error shows; those beyond are counted. */
const mostShown = 20;

export function refused(file: string, problem: string, line: number | null = null): Complaint {
  return { file, line, problem, severity: 'refused' };
}

export function warned(file: string, problem: string, line: number | null = null): Complaint {
  return { file, line, problem, severity: 'warned' };
}

export function isRefused({ severity }: Complaint): boolean {
  return severity === 'refused';
}

/** `modules/claims/package.json:3: what is wrong`. What people wrote comes back in it: nothing of that steers a terminal. */
export function complaintText({ file, line, problem }: Complaint): string {
  const place = line === null ? file : `${file}:${line}`;
  return shortened(`${place}: ${oneLine(problem)}`, 1_000).replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD');
}

/** Throws `FACTORY_INVALID` with a line per complaint that refuses, if there is one. */
export function throwRefused(complaints: readonly Complaint[], next: string): void {
  const texts = complaints.filter(isRefused).map(complaintText);
  if (texts.length === 0) return;
  const more = texts.length - mostShown;
  const what = [...texts.slice(0, mostShown), ...(more > 0 ? [`and ${counted(more)} more`] : [])].join('\n');
  throw new UpliftError('FACTORY_INVALID', { what, next });
}

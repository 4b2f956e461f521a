/** What one look of `uplift doctor` found. */
import { failureOf } from '../failure.js';

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found. */
  readonly detail: string;
  /** What puts it right; null when it is well. */
  readonly next: string | null;
}

export type Found = Omit<Finding, 'check'>;

export function well(detail: string): Found {
  return { ok: true, detail, next: null };
}

export function problem(detail: string, next: string): Found {
  return { ok: false, detail, next };
}

/** What `look` found; what it throws is a problem too. */
export async function finding(check: string, look: () => Promise<Found>): Promise<Finding> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    const { what, next = 'correct that, then uplift doctor' } = (await failureOf(error)).parts;
    return { check, ...problem(what, next) };
  }
}

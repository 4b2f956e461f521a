/**
 * The plan of an environment's upgrade: decisions and topology, never forecasts or module versions, so that a measured time or a
 * published fix does not void an approval.
 */
import type { Step } from './step.js';

export interface EnvironmentPlan {
  readonly infrastructure: string;
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
  /** In the order they are taken out of traffic. */
  readonly frontEnds: readonly string[];
  /** How the applications come to the new release: Deploy All, or module by module by their teams. */
  readonly applications: 'deploy all' | 'gradual';
  readonly gates: readonly { readonly name: string; readonly quorum: number }[];
}

/** JSON with the keys of every object in alphabetical order and no blanks: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

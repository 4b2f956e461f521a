/** Counts and names of modules, as people or a program tell them. */
import type { EvidenceField } from '../../domain/tasks/evidenceField.js';
import type { Told } from '../parts/deed.js';

/** Characters of a list of names. */
const longestNames = 2_000;

const count = (name: string, required: boolean, description: string): EvidenceField => ({
  ...{ name, required, description },
  ...{ kind: 'number', least: 0, most: 100_000, whole: true },
});

/** How many were done, failed and skipped, and which failed. `done`: the word of the step, as `prepared`. */
export function countFields(done: string): readonly EvidenceField[] {
  return [
    count('failed', true, `How many modules could not be ${done}`),
    count(done, false, `How many were ${done}`),
    count('skipped', false, 'How many were skipped, for something below them failed'),
    {
      ...{ name: 'failedModules', kind: 'text', required: false, longest: longestNames },
      description: 'Which failed, by name, with commas between them',
    },
  ];
}

export interface Counts {
  readonly done: number | null;
  readonly failed: number;
  readonly skipped: number | null;
  readonly failedModules: readonly string[];
}

export function countsOf(told: Told, done: string): Counts {
  return {
    done: numberIn(told[done]),
    failed: numberIn(told['failed']) ?? 0,
    skipped: numberIn(told['skipped']),
    failedModules: namesIn(told['failedModules']),
  };
}

/** What is missing in it, in a sentence: who accepts failed modules accepts them by name. */
export function countsProblem(told: Told): string | undefined {
  const failed = numberIn(told['failed']);
  if (failed === null) return 'It does not say how many modules failed: "failed" is a number, 0 or more';
  const names = namesIn(told['failedModules']);
  if (names.length === failed) return undefined;
  return `It says that ${failed} modules failed and names ${names.length}: "failedModules" names every one that failed`;
}

function numberIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Of a text with commas, or a list. */
function namesIn(value: unknown): readonly string[] {
  const parts = typeof value === 'string' ? value.split(/[,;]/) : Array.isArray(value) ? value.map(String) : [];
  return [...new Set(parts.map((name) => name.trim()).filter((name) => name !== ''))];
}

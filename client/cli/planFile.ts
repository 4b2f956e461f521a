/** A plan as a file, which `uplift plan -o plan.json` wrote: whole, unchanged, and of the infrastructure that runs here. */
import { readFileSync } from 'node:fs';
import { UpliftError } from '../../domain/errors.js';
import type { PlanDecisions } from '../../domain/plan/plan.js';
import { planHash } from '../../store/planHash.js';

export interface PlanFile {
  readonly hash: string;
  readonly decisions: Pick<PlanDecisions, 'infrastructure' | 'to'>;
}

/** Throws `INPUT_INVALID` when it is no plan or was changed: what is approved is what the hash stands for. */
export function readPlanFile(file: string): PlanFile {
  const next = 'uplift plan -o plan.json writes one';
  const { hash, plan } = contentOf(file, next);
  const decisions = plan?.decisions;
  if (typeof hash !== 'string' || typeof decisions?.infrastructure !== 'string' || typeof decisions.to !== 'string') {
    throw new UpliftError('INPUT_INVALID', { what: `${file} is not a plan: it has no hash and decisions`, next });
  }
  const found = planHash(decisions);
  if (found === hash) return { hash, decisions };
  throw new UpliftError('INPUT_INVALID', {
    what: `${file} was changed after uplift plan wrote it: it names the hash ${hash}, and what it decides has ${found}`,
    next: 'change uplift.yaml instead, then uplift plan -o plan.json',
  });
}

/** Throws `INPUT_INVALID` unless the plan is of `infrastructure`. */
export function assertPlanOf(file: string, { decisions }: PlanFile, infrastructure: string): void {
  if (decisions.infrastructure === infrastructure) return;
  throw new UpliftError('INPUT_INVALID', {
    what: `${file} is a plan of ${decisions.infrastructure}, and ${infrastructure} runs here`,
    next: 'name the data folder of its infrastructure with --data, or make a plan of this one: uplift plan -o plan.json',
  });
}

interface Content {
  readonly hash?: unknown;
  readonly plan?: { readonly decisions?: PlanDecisions };
}

function contentOf(file: string, next: string): Content {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as Content;
  } catch (error) {
    throw new UpliftError('INPUT_INVALID', { what: `${file} is not a plan: ${(error as Error).message}`, next });
  }
}

/** Compiling a claimed group, and what becomes of it when the compiler or an artifact, not a module, is at fault. */
import { UpliftError } from '../../../domain/errors.js';
import type { EmbeddedContext } from '../context.js';
import { faultsBeforeSplit } from './chooseUnits.js';
import type { Claim } from './claim.js';
import { compileUnits, type UnitVerdict } from './compileClaim.js';

export type ClaimOutcome =
  | { readonly kind: 'verdicts'; readonly verdicts: readonly UnitVerdict[] }
  /** The compiler failed for no module's fault: each of the group's modules has had one more. */
  | { readonly kind: 'fault' }
  /** An artifact was damaged, whose modules are pending again: the group's may not be what to prepare next. */
  | { readonly kind: 'abandoned' };

export async function claimOutcome(context: EmbeddedContext, claim: Claim, signal: AbortSignal): Promise<ClaimOutcome> {
  try {
    const { release: version, units, factory, token } = claim;
    return { kind: 'verdicts', verdicts: await compileUnits(context, { version, units, factory, token }, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof UpliftError)) throw error;
    if (error.code === 'ARTIFACT_CORRUPTED') return { kind: 'abandoned' };
    if (error.code !== 'COMPILER_FAULT') throw error;
    return wasAlone(claim) ? { kind: 'verdicts', verdicts: claim.units.map(faultVerdict(error)) } : { kind: 'fault' };
  }
}

/** It had no other units to blame, after its groups had failed often enough to be split. */
function wasAlone({ units }: Claim): boolean {
  const faults = units.flatMap(({ members }) => members.map((row) => row.faults));
  return units.length === 1 && Math.max(...faults) >= faultsBeforeSplit;
}

/** The compiler fails on this unit alone, again and again: the unit fails, with a code that says it is not its source's fault. */
const faultVerdict =
  (error: UpliftError) =>
  (unit: UnitVerdict['unit']): UnitVerdict => {
    const diagnostic = { file: '', line: 0, column: 0, code: error.code, message: error.message };
    const diagnostics = Object.fromEntries(unit.members.map(({ name }) => [name, [diagnostic]]));
    return { unit, madeFrom: new Map(), verdict: { kind: 'failed', diagnostics } };
  };

/** Compiling a claimed group, and what becomes of it when the compiler or an artifact, not a module, is at fault. */
import { UpliftError } from '../../../domain/errors.js';
import type { EmbeddedContext } from '../context.js';
import { faultsBeforeSplit } from './chooseUnits.js';
import type { Claim } from './claim.js';
import { compileUnits, type UnitVerdict } from './compileClaim.js';

export type ClaimOutcome =
  | { readonly kind: 'verdicts'; readonly verdicts: readonly UnitVerdict[] }
  /** The compiler failed for no module's fault, or took too long: each of the group's modules has had one more. */
  | { readonly kind: 'fault' }
  /** An artifact was damaged, whose modules are pending again: the group's may not be what to prepare next. */
  | { readonly kind: 'damaged producer' };

export async function claimOutcome(context: EmbeddedContext, claim: Claim, signal: AbortSignal): Promise<ClaimOutcome> {
  if (faultsOf(claim) > faultsBeforeSplit) return failed(claim, neverEnded(claim));
  try {
    const { release: version, units, factory, token } = claim;
    return {
      kind: 'verdicts',
      verdicts: await compileUnits(context, { version, units, factory, token, purpose: 'preparation' }, signal),
    };
  } catch (error) {
    if (signal.aborted || !(error instanceof UpliftError)) throw error;
    switch (error.code) {
      case 'ARTIFACT_CORRUPTED':
        return { kind: 'damaged producer' };
      case 'COMPILER_FAULT':
      case 'COMPILER_TIMEOUT':
        return wasAlone(claim) ? failed(claim, error) : { kind: 'fault' };
      default:
        throw error;
    }
  }
}

/** It had no other units to blame, after its groups had failed often enough to be split. */
function wasAlone(claim: Claim): boolean {
  return claim.units.length === 1 && faultsOf(claim) >= faultsBeforeSplit;
}

function faultsOf({ units }: Claim): number {
  return Math.max(...units.flatMap(({ members }) => members.map((row) => row.faults)));
}

/** Alone too it was broken off: whatever works on it ends, or is taken for ended, before there is a verdict. */
function neverEnded({ release, units }: Claim): UpliftError {
  const names = units.flatMap(({ members }) => members.map(({ name }) => name)).join(', ');
  return new UpliftError('COMPILER_FAULT', {
    what: `Compiling ${names} for ${release} was broken off again and again, at last alone: its worker ended or gave no sign of life`,
    next: 'read the log of the worker; give the machine more memory',
  });
}

/** The unit fails, with a code that says it is no error in its source. */
function failed({ units }: Claim, { code, parts }: UpliftError): ClaimOutcome {
  const diagnostic = { file: '', line: 0, column: 0, code, message: parts.what };
  const verdicts = units.map((unit): UnitVerdict => {
    const diagnostics = Object.fromEntries(unit.members.map(({ name }) => [name, [diagnostic]]));
    return { unit, madeFrom: new Map(), verdict: { kind: 'failed', diagnostics } };
  });
  return { kind: 'verdicts', verdicts };
}

/** Whatever went wrong, as one answer: a code, what and why, who blocks, what gets further, the exit code. */
import { ApplicationFailure, CancelledFailure, NamespaceNotFoundError, TerminatedFailure } from '@temporalio/common';
import { type ErrorCode, type ErrorParts, errors, exitCodes, UpliftError } from '../../domain/errors.js';
import type { Terminal } from './terminal.js';

export interface Failure {
  /** `UNEXPECTED`: nobody raised it on purpose. */
  readonly code: ErrorCode | 'UNEXPECTED';
  readonly parts: ErrorParts;
  readonly exit: number;
}

/** The first in the chain of causes that somebody raised on purpose, from outside in. */
export async function failureOf(error: unknown): Promise<Failure> {
  for (const cause of causes(error)) {
    const failure = explained(cause) ?? (await explainedByServer(cause));
    if (failure) return failure;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'UNEXPECTED', parts: { what, next: 'this is a fault of Uplift: report it' }, exit: exitCodes.failed };
}

/** With `json` the document of a failed command, else sentences. */
export function showFailure({ code, parts }: Failure, terminal: Terminal, json: boolean): void {
  const { what, blockedBy, next } = parts;
  if (json) {
    const message = blockedBy === undefined ? what : `${what}. Blocked by: ${blockedBy}`;
    terminal.print(JSON.stringify({ error: { code, message, next: next ?? null } }, null, 2));
    return;
  }
  const { red, dim } = terminal.talkColours;
  terminal.talk(`${red('error')} ${what} ${dim(`(${code})`)}`);
  if (blockedBy !== undefined) terminal.talk(`      blocked by: ${blockedBy}`);
  if (next !== undefined) terminal.talk(`      next: ${next}`);
}

function explained(error: unknown): Failure | undefined {
  if (error instanceof UpliftError) return known(error.code, error.parts);
  if (error instanceof ApplicationFailure) return ofActivity(error);
  if (error instanceof CancelledFailure) return known('RUN_FAILED', ended('cancelled'));
  if (error instanceof TerminatedFailure) return known('RUN_FAILED', ended('terminated'));
  if (error instanceof NamespaceNotFoundError) return known('NAMESPACE_UNAVAILABLE', noNamespace(error.namespace));
  return undefined;
}

/** A run or an activity failed: with a code of ours, or for a reason nobody foresaw. */
function ofActivity({ type, message, details, cause }: ApplicationFailure): Failure | undefined {
  if (type && type in errors) return known(type as ErrorCode, partsIn(details) ?? { what: message });
  if (cause) return undefined;
  return known('RUN_FAILED', { what: `The run failed: ${message}`, next: 'uplift doctor' });
}

/** The parts of an `UpliftError`, which activities send along. */
function partsIn(details: readonly unknown[] | null | undefined): ErrorParts | undefined {
  const first = details?.[0];
  return typeof first === 'object' && first !== null && 'what' in first ? (first as ErrorParts) : undefined;
}

function ended(how: string): ErrorParts {
  return { what: `The run was ${how} before it had a result`, next: 'uplift status' };
}

function noNamespace(namespace: string): ErrorParts {
  return { what: `The Temporal server has no namespace ${namespace}`, next: 'uplift doctor' };
}

/** gRPC codes that say something about the server or about our permission. */
const grpc = { deadline: 4, denied: 7, precondition: 9, unavailable: 14, unauthenticated: 16 };

async function explainedByServer(error: unknown): Promise<Failure | undefined> {
  const { isGrpcServiceError } = await import('@temporalio/client');
  if (!isGrpcServiceError(error)) return undefined;
  const what = `The Temporal server says: ${error.details}`;
  switch (error.code as number) {
    case grpc.denied:
    case grpc.unauthenticated:
      return known('NAMESPACE_UNAVAILABLE', { what, next: 'use a certificate or key that may act in this namespace' });
    case grpc.deadline:
    case grpc.unavailable:
    case grpc.precondition:
      return known('TEMPORAL_UNAVAILABLE', { what, next: 'uplift doctor' });
    default:
      return undefined;
  }
}

function known(code: ErrorCode, parts: ErrorParts): Failure {
  return { code, parts, exit: errors[code].exit };
}

/** The error and what it was caused by, outermost first. */
function* causes(error: unknown): Generator<unknown> {
  for (let cause = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) yield cause;
}

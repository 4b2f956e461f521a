/** What goes wrong, as the API answers it. */
import { type ErrorClass, type ErrorCode, UpliftError } from '../../../domain/errors.js';
import type { Diagnostic, ModuleName } from '../../../domain/modules/module.js';

export interface Failure {
  readonly status: number;
  readonly body: FailureBody;
}

export interface FailureBody {
  /** Of the registry in `domain/errors.ts`, or `INTERNAL`. */
  readonly code: ErrorCode | 'INTERNAL';
  /** For refusals of operations on modules the vendor's text, word for word. */
  readonly message: string;
  readonly blockedBy?: string;
  readonly next?: string;
  readonly diagnostics?: readonly (Diagnostic & { readonly module?: ModuleName })[];
}

const statusByCode: Partial<Record<ErrorCode, number>> = {
  INPUT_INVALID: 400,
  VERSION_INVALID: 400,
  FACTORY_INVALID: 400,
  MODULE_UNKNOWN: 404,
  ENVIRONMENT_UNKNOWN: 404,
  INFRASTRUCTURE_UNKNOWN: 404,
  RELEASE_UNKNOWN: 404,
  EXECUTION_UNKNOWN: 404,
  PLAN_UNKNOWN: 404,
  COMPILATION_FAILED: 422,
  TEMPORAL_UNAVAILABLE: 503,
};

const statusByClass: Record<ErrorClass, number> = { refuse: 409, fail: 500, retry: 503 };

/** An error that nobody raised on purpose is answered without a word of what it was: that is for the log. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UpliftError) return purposeful(error);
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return {
      status: statusCode,
      body: { code: 'INPUT_INVALID', message: message ?? 'The request cannot be understood' },
    };
  }
  return {
    status: 500,
    body: { code: 'INTERNAL', message: 'Service Center failed to do this', next: "look at Service Center's log" },
  };
}

function purposeful(error: UpliftError): Failure {
  const { what, blockedBy, next } = error.parts;
  const { diagnostics } = (error.cause ?? {}) as { diagnostics?: FailureBody['diagnostics'] };
  return {
    status: statusByCode[error.code] ?? statusByClass[error.class],
    body: {
      code: error.code,
      message: what,
      ...(blockedBy === undefined ? {} : { blockedBy }),
      ...(next === undefined ? {} : { next }),
      ...(diagnostics === undefined ? {} : { diagnostics }),
    },
  };
}

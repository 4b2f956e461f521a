/** What requests may contain. Anything else is refused by name, never dropped in silence. */
import type { FastifySchemaValidationError } from 'fastify';
import { UpliftError } from '../../../domain/errors.js';
import { nameRule, reasonRule, unseen } from '../../../domain/text.js';

/** As in the messages to a run: it names the lock's holder, and the requester of what is started. */
const user = { type: 'string', minLength: 1, maxLength: nameRule.most, pattern: `^[^${unseen}]*$` } as const;
const id = { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\w.:/@-]+$' } as const;

/** A path below the module's folder: no `..`, nothing absolute, no backslash. */
const filePath = '^(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+(?:/(?!\\.{1,2}(?:/|$))[^/\\\\\\u0000]+)*$';

const texts = { type: 'object', additionalProperties: { type: 'string' } } as const;

const files = { ...texts, propertyNames: { pattern: filePath } } as const;
const reason = {
  type: 'string',
  minLength: 1,
  maxLength: reasonRule.most,
  pattern: `^(?:[\\n\\r\\t]|[^${unseen}])*$`,
} as const;

export const launchBody = strict({ user }, ['user']);
export const pauseBody = strict({ user, reason }, ['user', 'reason']);
export const uploadBody = strict({ user, id, files }, ['user', 'files']);
export const publishBody = strict({ user, id, files }, ['user']);
export const settingsBody = strict({ user, id, settings: texts }, ['user', 'settings']);
export const deleteBody = strict({ user, id }, ['user']);
export const executionParams = strict({ id: { type: 'string', pattern: '^[1-9]\\d{0,14}$' } }, ['id']);

/** Validate without repairing: no dropped fields, no numbers made of texts. `verbose` gives the known fields to the message. */
export const strictAjv = { removeAdditional: false, coerceTypes: false, useDefaults: false, verbose: true } as const;

/** The first problem, as a sentence that names the field. */
export function schemaProblem(errors: readonly FastifySchemaValidationError[], where: string): UpliftError {
  const [error] = errors;
  const field = error?.instancePath.split('/').slice(1).join('.') ?? '';
  const extra = error?.params.additionalProperty;
  if (typeof extra === 'string') {
    const known = Object.keys((error as { parentSchema?: { properties?: object } }).parentSchema?.properties ?? {});
    return new UpliftError('INPUT_INVALID', {
      what: `There is no field ${JSON.stringify(extra)} in ${field || 'this request'}`,
      next: `known fields: ${known.join(', ')}`,
    });
  }
  return new UpliftError('INPUT_INVALID', { what: `${field || where} ${error?.message ?? 'is not valid'}` });
}

function strict(properties: Record<string, object>, required: readonly string[]) {
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

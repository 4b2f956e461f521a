/** What a plan is approved, stored and found by. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/plan/canonicalJson.js';

/** SHA-256 of the decisions' canonical JSON. */
export function planHash(decisions: unknown): string {
  return createHash('sha256').update(canonicalJson(decisions)).digest('hex');
}

/** Digests by content: SHA-256 as lower-case hex, of bytes, a text or plain data. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../domain/plan/canonicalJson.js';

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Digest of plain data, whatever the order of its objects' keys. */
export function digestOf(data: unknown): string {
  return sha256(canonicalJson(data));
}

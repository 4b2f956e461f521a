/** Which program this is: by the code of its workflows, which open runs have to be gone on with. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { bundleFile } from './workflowBundle.js';

/** SHA-256 of the built workflows; the same word for every program that runs from its sources. */
export function programDigest(): string {
  if (!existsSync(bundleFile)) return 'sources';
  return createHash('sha256').update(readFileSync(bundleFile)).digest('hex');
}

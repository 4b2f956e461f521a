/** uplift.yaml: the infrastructure as a file that people write. Read whole; every mistake in it is told at once, with its place. */
import fs from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Infrastructure } from '../domain/infrastructure/infrastructure.js';
import { type Complaint, refusal } from './infrastructure/complaint.js';
import { offsetOf, shapeComplaints } from './infrastructure/content.js';
import { infrastructureOf, type SitePlatform } from './infrastructure/described.js';
import { readDocument } from './infrastructure/document.js';
import { contradictionsOf } from './infrastructure/rules.js';
import { infrastructureShape } from './infrastructure/shape.js';

export type { PlacedComplaint } from './infrastructure/complaint.js';

const infrastructureFile = 'uplift.yaml';

export interface InfrastructureFileOptions {
  /** Releases an environment can be on; left out: any. */
  readonly releases?: readonly string[];
  /** Left out: a platform is embedded. */
  readonly platform?: SitePlatform;
}

/** Several times what twenty environments need with all that can be said about them. */
const mostBytes = 128 * 1024;

/**
 * The infrastructure of the folder's uplift.yaml; `undefined` when there is no such file.
 * Throws `FACTORY_INVALID` as `parseInfrastructure` does.
 */
export async function readInfrastructure(
  folder: string,
  options: InfrastructureFileOptions = {},
): Promise<Infrastructure | undefined> {
  const bytes = await fs.readFile(path.join(folder, infrastructureFile)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw refusal([{ offset: 0, problem: `the file cannot be read (${error.code})` }], infrastructureFile, '');
  });
  return bytes && parseInfrastructure(bytes, options);
}

/**
 * Throws `FACTORY_INVALID` and nothing else, whatever the bytes are. Its message has a line per complaint, up to 20, in the order
 * of the file: `uplift.yaml:LINE:COLUMN: what is wrong; what is allowed`, where line and column count from 1.
 */
export function parseInfrastructure(
  bytes: Uint8Array,
  { releases, platform = 'embedded' }: InfrastructureFileOptions = {},
): Infrastructure {
  if (bytes.length > mostBytes) {
    const problem = `the file has ${Math.ceil(bytes.length / 1024)} KiB; up to ${mostBytes / 1024} are read`;
    throw refusal([{ offset: 0, problem }], infrastructureFile, '');
  }
  const text = textOf(bytes);
  const { root, complaints } = readDocument(text);
  if (!root) throw refusal(complaints, infrastructureFile, text);
  const contradictions = contradictionsOf(root.value, { releases, platform });
  const found = [
    ...complaints,
    ...shapeComplaints(infrastructureShape, root),
    ...contradictions.map(({ path, problem }) => ({ offset: offsetOf(root, path), problem })),
  ];
  if (found.length > 0) throw refusal(found, infrastructureFile, text);
  return infrastructureOf(infrastructureShape.parse(root.value), platform);
}

/** For editors: docs/uplift.schema.json. */
export function infrastructureSchema(): object {
  return z.toJSONSchema(infrastructureShape, { io: 'input' });
}

/** Throws `FACTORY_INVALID` at the first byte that is not UTF-8. */
function textOf(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const text = decoder.decode(bytes);
  const again = new TextEncoder().encode(text);
  const wrong = again.findIndex((byte, index) => byte !== bytes[index]);
  if (wrong < 0) return text.replace(/^\uFEFF/, '');
  const before = decoder.decode(bytes.subarray(0, wrong));
  const complaint: Complaint = { offset: before.length, problem: 'this is not UTF-8; save the file in that encoding' };
  throw refusal([complaint], infrastructureFile, before);
}

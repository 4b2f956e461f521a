/** A module's sources as one blob, named by its content. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { UpliftError } from '../../../domain/errors.js';
import { canonicalJson } from '../../../domain/plan/canonicalJson.js';
import { sha256 } from './digest.js';

/** Texts by path below the module's folder: `src/index.ts`. */
export type SourceFiles = Readonly<Record<string, string>>;

export interface PackedSource {
  /** SHA-256 of the sources, however they are compressed. */
  readonly digest: string;
  readonly blob: Uint8Array;
  /** Size of the texts in UTF-8. */
  readonly bytes: number;
}

/** Throws `FACTORY_INVALID` for a path that leaves the module's folder or reaches into a `node_modules`. */
export function packSource(files: SourceFiles): PackedSource {
  for (const path of Object.keys(files)) assertInside(path);
  const text = canonicalJson(files);
  const bytes = Object.values(files).reduce((sum, file) => sum + Buffer.byteLength(file), 0);
  return { digest: sha256(text), blob: deflateRawSync(text), bytes };
}

export function unpackSource(blob: Uint8Array): SourceFiles {
  return JSON.parse(inflateRawSync(blob).toString()) as SourceFiles;
}

/** Control characters are refused too: the compiler's output is read line by line. */
function assertInside(path: string): void {
  const outside = path.split('/').some((part) => ['', '.', '..', 'node_modules'].includes(part));
  if (!outside && !/[\\\p{Cc}]/u.test(path)) return;
  throw new UpliftError('FACTORY_INVALID', {
    what: `${JSON.stringify(path)} is no path of a module's source`,
    next: 'name files below the module’s folder with forward slashes, such as src/index.ts',
  });
}

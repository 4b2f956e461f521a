/** The sources of a module: read from its folder, or uploaded; both are held to the same rules. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { bytesOf, counted } from '../../../domain/text.js';
import { type Complaint, refused, warned } from '../../../store/complaint.js';
import { decoded } from '../../../store/decoded.js';
import type { SourceFiles } from '../compile/sources.js';
import { namesIn, placeAt } from './place.js';

/** Of all sources of a module; as JSON it still is an upload that Service Center takes. */
const mostBytes = 8 * 1_048_576;
const mostFiles = 2_000;
/** Bytes of one name: the compiler writes `.d.ts` for `.ts`, and a name of 255 is the longest that file systems keep. */
const longestName = 240;
const longestPath = 1_000;

/** Compiled by TypeScript, but not by Uplift, which would find a module without what they say. */
const otherTypeScript = /\.([mc]ts|tsx)$/i;

/** The TypeScript below `src` of the module at `folder`, which complaints call `name`. `root`: as of `placeAt`. */
export async function readSources(
  folder: string,
  name: string,
  root: string,
): Promise<{ readonly files: SourceFiles; readonly complaints: readonly Complaint[] }> {
  const files: Record<string, string> = {};
  const complaints: Complaint[] = [];
  let seen = 0;
  await read('src', []);
  return { files, complaints: [...complaints, ...sourceComplaints(files, name)] };

  /** `open`: the real paths of the folders it stands in. */
  async function read(below: string, open: readonly string[]): Promise<void> {
    const file = `${name}/${below}`;
    if (++seen > mostFiles) {
      if (seen === mostFiles + 1) complaints.push(refused(name, `has more than ${counted(mostFiles)} files below src`));
      return;
    }
    const place = await placeAt(path.join(folder, below), root);
    switch (place.kind) {
      case 'missing':
        return;
      case 'refused':
        complaints.push(refused(file, place.problem));
        return;
      case 'folder': {
        const real = await fs.realpath(place.real);
        if (open.includes(real)) complaints.push(refused(file, 'is a link to a folder that it stands in'));
        else for (const entry of await namesIn(real)) await read(`${below}/${entry}`, [...open, real]);
        return;
      }
      case 'file':
        await readFile(below, place.real);
    }
  }

  async function readFile(below: string, real: string): Promise<void> {
    const file = `${name}/${below}`;
    if (!below.endsWith('.ts')) {
      if (otherTypeScript.test(below) || /\.ts$/i.test(below))
        complaints.push(refused(file, 'is not compiled; a source ends with .ts'));
      else if (!path.basename(below).startsWith('.'))
        complaints.push(warned(file, 'is left out: only files that end with .ts are a source'));
      return;
    }
    const content = decoded(await fs.readFile(real));
    if ('text' in content) files[below] = content.text;
    else complaints.push(refused(file, 'is not UTF-8 from here on; save it in that encoding', content.brokenAt));
  }
}

/** What is wrong with all sources of a module together, package.json not among them. `name`: what complaints call its folder. */
export function sourceComplaints(files: SourceFiles, name: string): readonly Complaint[] {
  const paths = Object.keys(files);
  const bytes = Object.values(files).reduce((sum, text) => sum + bytesOf(text), 0);
  const all: Complaint[] = [];
  if (!paths.includes('src/index.ts')) all.push(refused(`${name}/src/index.ts`, 'is missing'));
  if (paths.length > mostFiles)
    all.push(refused(name, `has ${counted(paths.length)} sources; ${counted(mostFiles)} are the most`));
  if (bytes > mostBytes)
    all.push(refused(name, `has sources of ${counted(bytes)} bytes; ${counted(mostBytes)} are the most`));
  for (const file of paths) {
    const problem =
      pathProblem(file) ??
      (!/\p{Cs}/u.test(files[file] ?? '') ? undefined : 'has half a character, which UTF-8 does not have');
    if (problem) all.push(refused(`${name}/${file}`, problem));
  }
  return all;
}

function pathProblem(file: string): string | undefined {
  const parts = file.split('/');
  if (parts[0] !== 'src' || !file.endsWith('.ts'))
    return 'is no source; a module is made of package.json and of files below src that end with .ts';
  if (
    parts.some((part) => ['', '.', '..', 'node_modules'].includes(part)) ||
    /[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(file)
  ) {
    return 'is no path of a source: names with forward slashes between them, none of them node_modules, "." or ".."';
  }
  if (parts.some((part) => bytesOf(part) > longestName)) return `has a name of more than ${longestName} bytes`;
  return bytesOf(file) > longestPath ? `has more than ${counted(longestPath)} bytes` : undefined;
}

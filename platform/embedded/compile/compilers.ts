/**
 * The compilers that come with Uplift, each a package of its own; a release names the one it compiles with. What builds Uplift itself is
 * none of them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { UpliftError } from '../../../domain/errors.js';

export interface Compiler {
  readonly version: string;
  /** `javascript` runs in Node. */
  readonly kind: 'native' | 'javascript';
  readonly command: string;
  /** What makes it build the projects of the current folder, one after the other, and say which one it is at. */
  readonly args: readonly string[];
}

const require = createRequire(import.meta.url);

const manifests = [require.resolve('typescript-7.0.2/package.json'), require.resolve('typescript-6.0.3/package.json')];

const build = ['-b', '.', '--pretty', 'false', '--verbose'];

function availableCompilers(): readonly string[] {
  return manifests.map(versionOf);
}

/** Throws `FACTORY_INVALID` when there is no such compiler, or none for this machine; `release` is for the message. */
export function compilerOf(version: string, release: string): Compiler {
  const manifest = manifests.find((candidate) => versionOf(candidate) === version);
  if (!manifest) {
    throw new UpliftError('FACTORY_INVALID', {
      what: `Release ${release} compiles with typescript ${version}, which does not come with Uplift`,
      next: `name one of ${availableCompilers().join(', ')} as compiler.version in its release.json`,
    });
  }
  const script = path.join(path.dirname(manifest), 'lib', 'tsc.js');
  if (majorOf(version) < 7) return { version, kind: 'javascript', command: process.execPath, args: [script, ...build] };
  const command = nativeExecutable(manifest, version, release);
  // The groups are what runs in parallel: one thread each spends least, and prints the projects one after the other.
  return { version, kind: 'native', command, args: [...build, '--singleThreaded'] };
}

/** The executable itself: a start through its Node launcher would cost more than compiling a module. */
function nativeExecutable(manifest: string, version: string, release: string): string {
  const platform = `${process.platform}-${process.arch}`;
  const folder = resolvedFolder(manifest, `@typescript/typescript-${platform}`);
  const executable = folder && path.join(folder, 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
  if (executable && existsSync(executable)) return executable;
  throw new UpliftError('FACTORY_INVALID', {
    what: `Release ${release} compiles with typescript ${version}, which is not installed for ${platform}`,
    next: 'install Uplift’s dependencies again, optional ones included',
  });
}

function resolvedFolder(from: string, name: string): string | undefined {
  try {
    return path.dirname(createRequire(from).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

function versionOf(manifest: string): string {
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

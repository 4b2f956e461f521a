/** A release as compilations see it: its compiler, its options, and digests of its system components. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { UpliftError } from '../../../domain/errors.js';
import { layout } from '../layout.js';
import { type CompilerOptions, releaseOptions, reservedOption } from './compilerOptions.js';
import { type Compiler, compilerOf } from './compilers.js';
import { digestOf } from './digest.js';
import { fileDigests } from './fileDigests.js';

export interface Release {
  readonly version: string;
  /** Holds `release.json` and the system components in `node_modules/@system`. */
  readonly folder: string;
  readonly compiler: Compiler;
  readonly compilerOptions: CompilerOptions;
  /** Over what a compilation depends on: the components' types, the compiler and its options. */
  readonly typesDigest: string;
  /** Over what running modules depend on: the components' code, and the release whose folder it is read from. */
  readonly codeDigest: string;
}

const releaseFile = z.object({
  version: z.string(),
  compiler: z.object({ package: z.literal('typescript'), version: z.string() }),
  components: z.record(z.string(), z.string()),
  compilerOptions: z.record(z.string(), z.json()).default({}),
});

type ReleaseFile = z.infer<typeof releaseFile>;

/** Throws `FACTORY_INVALID`, naming file and key, when `release.json` or a component it names cannot be used. */
export async function loadRelease(dataFolder: string, version: string): Promise<Release> {
  const folder = layout.release(dataFolder, version);
  const described = await readReleaseFile(path.join(folder, 'release.json'), version);
  const components = path.join(folder, 'node_modules', '@system');
  await assertComponents(components, path.join(folder, 'release.json'), described);
  const digests = await fileDigests(components).catch((error: Error) => {
    throw invalid(components, `cannot be read: ${error.message}`);
  });
  const compiler = compilerOf(described.compiler.version, version);
  const compilerOptions = releaseOptions(described.compilerOptions);
  const types = digests.filter(([file]) => isDeclaration(file) || isManifest(file));
  const code = digests.filter(([file]) => !isDeclaration(file));
  return {
    version,
    folder,
    compiler,
    compilerOptions,
    typesDigest: digestOf({ compiler: compiler.version, compilerOptions, components: types }),
    codeDigest: digestOf({ version, components: code }),
  };
}

async function readReleaseFile(file: string, version: string): Promise<ReleaseFile> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw invalid(file, `cannot be read: ${error.message}`);
  });
  const { success, data, error } = releaseFile.safeParse(parsed(file, text));
  if (!success) {
    const [issue] = error.issues;
    throw invalid(file, `${issue?.path.join('.') || 'its content'}: ${issue?.message}`);
  }
  if (data.version !== version) throw invalid(file, `version: ${data.version}, in the folder of ${version}`);
  const option = reservedOption(data.compilerOptions);
  if (option) throw invalid(file, `compilerOptions.${option}: not a release's to choose`);
  return data;
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, `is not JSON: ${(error as Error).message}`);
  }
}

async function assertComponents(folder: string, file: string, { components }: ReleaseFile): Promise<void> {
  for (const [name, version] of Object.entries(components)) {
    const manifest = path.join(folder, name.replace(/^@system\//, ''), 'package.json');
    const found = await readFile(manifest, 'utf8').then(
      (text) => (parsed(manifest, text) as { version?: string }).version,
      () => 'none',
    );
    if (found !== version) throw invalid(file, `components.${name}: ${version} expected, ${found} found in ${folder}`);
  }
}

function isDeclaration(file: string): boolean {
  return /\.d\.[cm]?ts$/.test(file);
}

/** It tells both the compiler and Node where a component's entry is. */
function isManifest(file: string): boolean {
  return path.posix.basename(file) === 'package.json';
}

function invalid(file: string, problem: string): UpliftError {
  return new UpliftError('FACTORY_INVALID', { what: `${file}: ${problem}`, next: 'correct the file and try again' });
}

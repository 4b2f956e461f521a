/** A small factory made in a test: modules as texts, two releases between which `format` of @system/text changes its result. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EmbeddedContext, EmbeddedSettings } from '../../platform/embedded/context.js';
import { firstPublish } from '../../platform/embedded/factory/firstPublish.js';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { embeddedServer } from './embeddedServer.js';

export const older = '11.18.1';
export const newer = '11.41.0';

/** A module by name: the names it consumes, and its source. */
export interface TinyModule {
  readonly uses?: readonly string[];
  readonly source?: string;
  readonly published?: boolean;
}

/** Compiles on the older release only. */
export const breaking = `import { format } from '@system/text';\nexport const loud = (text: string): string => format(text).toUpperCase();\n`;
/** What repairs it: compiles on the newer release only. */
export const repaired = `import { format } from '@system/text';\nexport const loud = (text: string): string => format(text).text.toUpperCase();\n`;

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Gone when the test process ends. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'uplift-test-'));
  folders.push(folder);
  return folder;
}

export function writeFactory(modules: Readonly<Record<string, TinyModule>>): string {
  const folder = temporaryFolder();
  for (const version of [older, newer]) writeRelease(folder, version);
  for (const [name, module] of Object.entries(modules)) writeModule(folder, name, module);
  return folder;
}

export interface TinyEnvironment {
  readonly context: EmbeddedContext;
  readonly environment: string;
  readonly factory: string;
}

/** The factory imported, every module published on the older release. No process runs: front ends are up to the test. */
export async function published(
  modules: Readonly<Record<string, TinyModule>>,
  settings: Partial<EmbeddedSettings> = {},
  dataFolder = temporaryFolder(),
): Promise<TinyEnvironment> {
  const factory = writeFactory(modules);
  const context = openEmbeddedContext(dataFolder, settings);
  await importFactory(context, await readFactory(factory), () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 }));
  await firstPublish(context, 'Development', () => undefined);
  return { context, environment: 'Development', factory };
}

/** The same with the server step done: every published module is pending on the newer release. */
export async function upgraded(
  modules: Readonly<Record<string, TinyModule>>,
  settings: Partial<EmbeddedSettings> = {},
): Promise<TinyEnvironment> {
  const tiny = await published(modules, settings);
  await upgradeServer(tiny);
  return tiny;
}

/** What is left of the server step when no front end runs: they are said to have been replaced. */
export async function upgradeServer({ context, environment }: TinyEnvironment): Promise<void> {
  const server = embeddedServer(context);
  const hold = await server.hold({ environment, operation: 'upgrade', workflow: 'test', release: newer });
  const row = { wanted_release: newer, observed_release: newer };
  await context.database.updateTable('front_ends').set(row).execute();
  for (const part of ['server', 'service center', 'system components'] as const) {
    await server.install({ environment, part, release: newer, token: hold.token }, quiet);
  }
  await server.release({ environment, token: hold.token });
}

export const quiet = { signal: new AbortController().signal, heartbeat: () => undefined };

export async function statesOf({ context, environment }: TinyEnvironment): Promise<Record<string, string>> {
  const rows = await context.database
    .selectFrom('modules')
    .select(['name', 'state'])
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
  return Object.fromEntries(rows.map(({ name, state }) => [name, state]));
}

export async function attemptsOf({
  context,
  environment,
}: TinyEnvironment): Promise<readonly { module: string; outcome: string }[]> {
  return context.database
    .selectFrom('attempts')
    .innerJoin('preparations', 'preparations.id', 'attempts.preparation')
    .select(['attempts.module', 'attempts.outcome'])
    .where('attempts.environment', '=', environment)
    .where('preparations.release', '=', newer)
    .orderBy('attempts.id')
    .execute();
}

function writeRelease(folder: string, version: string): void {
  const component = path.join(folder, 'releases', version, 'node_modules/@system/text');
  write(path.join(folder, 'releases', version, 'release.json'), {
    version,
    compiler: { package: 'typescript', version: '7.0.2' },
    components: { '@system/text': version },
  });
  write(path.join(component, 'package.json'), {
    name: '@system/text',
    version,
    type: 'module',
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
  });
  const result = version === older ? 'string' : '{ text: string }';
  const value = version === older ? 'text' : '{ text }';
  write(path.join(component, 'index.d.ts'), `export declare function format(text: string): ${result};\n`);
  write(path.join(component, 'index.js'), `export const format = (text) => (${value});\n`);
}

function writeModule(
  folder: string,
  name: string,
  { uses = [], source, published: isPublished = true }: TinyModule,
): void {
  const at = path.join(folder, 'modules', name);
  write(path.join(at, 'package.json'), {
    name,
    version: '1.0.0',
    type: 'module',
    dependencies: Object.fromEntries(uses.map((use) => [use, '1.0.0'])),
    uplift: { application: 'tests', kind: 'library', published: isPublished },
  });
  write(path.join(at, 'src/index.ts'), source ?? plainSource(name, uses));
}

/** A module that calls each of its producers. */
export function plainSource(name: string, uses: readonly string[]): string {
  const imports = uses.map((use, index) => `import * as p${index} from '${use}';\n`).join('');
  const all = uses.map((_, index) => `Object.keys(p${index}).length`).join(' + ') || '0';
  return `${imports}export const name = '${name}';\nexport const used = (): number => ${all};\n`;
}

function write(file: string, content: unknown): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Loading instances. One that holds several modules is one thing: its modules are loaded in the order of their names, all of them or
 * none. Node keeps what it has loaded for ever: memory is given back when the front end is replaced.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModuleName } from '../../../domain/modules/module.js';
import { layout, moduleFolder } from '../layout.js';
import { messageOf, moduleOf } from './errorLog.js';
import { instanceLinks, instanceMembers } from './instanceFolder.js';
import { withinTime } from './timeLimit.js';

/** What a module exports to be shown. `name` is what people read; the address is made of the name it is exported by. */
export interface Screen {
  readonly name: string;
  render(request: ScreenRequest): unknown;
}

/** What a screen gets. The fields of the query stand beside the rest, for screens that need nothing else. */
export interface ScreenRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** Empty when nobody is signed in. */
  readonly user: string;
}

/** A module that was loaded has its screens by the names they are exported by. */
export type Screens = ReadonlyMap<string, Screen>;

interface InstanceEntry {
  readonly instance: string;
  /** Something new for each attempt after a failed one: Node gives the first failure again for the same address. */
  readonly attempt?: number;
}

/** Every module of the instance. Throws what one of them throws while it is loaded, naming it, or that it is missing or takes too long. */
type LoadInstance = (entry: InstanceEntry) => Promise<ReadonlyMap<ModuleName, Screens>>;

/** Milliseconds an instance may take to come to life, once those that it consumes have. */
const loadLimit = 10_000;

/**
 * Loads what an instance consumes before it, directly or not. Of modules that reference each other Node runs the one last that it was
 * asked for first, so that it depends on this whether the code of one finds the value of another. Asked for by a consumer it could be
 * any; so it is always the first by name, and what can be loaded in one process can be in every other. Nor has Node more files open at
 * a time than one instance has: it opens all that it has to load at once.
 */
export function instanceLoader(dataFolder: string): LoadInstance {
  const begun = new Set<string>();

  return async (entry) => {
    await beginProducers(entry.instance);
    return loadUnit(dataFolder, entry);
  };

  async function beginProducers(instance: string): Promise<void> {
    begun.add(instance);
    for (const producer of await instanceLinks(dataFolder, instance)) {
      if (begun.has(producer)) continue;
      await beginProducers(producer);
      // Who needs it is told the same.
      await loadUnit(dataFolder, { instance: producer }).catch(() => undefined);
    }
  }
}

async function loadUnit(dataFolder: string, entry: InstanceEntry): Promise<ReadonlyMap<ModuleName, Screens>> {
  const members = await instanceMembers(dataFolder, entry.instance);
  const late = `${members.join(' with ')} was not loaded within ${loadLimit / 1000} s`;
  return withinTime(loadMembers(), loadLimit, late);

  async function loadMembers() {
    const screens = new Map<ModuleName, Screens>();
    for (const module of members) {
      const loaded = await loadModule(dataFolder, module, entry).catch((error: unknown) => {
        throw naming(error, module, members);
      });
      screens.set(module, loaded);
    }
    return screens;
  }
}

async function loadModule(
  dataFolder: string,
  module: ModuleName,
  { instance, attempt }: InstanceEntry,
): Promise<Screens> {
  const entry = path.join(layout.instance(dataFolder, instance), moduleFolder(module), 'src', 'index.js');
  const address = `${pathToFileURL(entry).href}${attempt === undefined ? '' : `?attempt=${attempt}`}`;
  const { exported }: { exported: Record<string, unknown> } = await import(around(address));
  return new Map(Object.entries(exported).flatMap(([key, value]) => (isScreen(value) ? [[key, value] as const] : [])));
}

/** The module inside another one: were it imported by itself, an export called `then` would be taken for a promise's, and called. */
function around(address: string): string {
  const text = `import * as exported from ${JSON.stringify(address)}; export { exported };`;
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

function isScreen(value: unknown): value is Screen {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  const { name, render } = value as Partial<Screen>;
  return typeof name === 'string' && typeof render === 'function';
}

/** Says in whose code it was thrown where that does not go without saying; it is not known of everything. */
function naming(error: unknown, asked: ModuleName, members: readonly ModuleName[]): unknown {
  if (isOutOfFiles(error)) return new Error(`${asked} has more files than this process may have open: raise ulimit -n`);
  const module = moduleOf(error) ?? asked;
  if (members.length === 1 && module === asked) return error;
  return new Error(`${module}: ${messageOf(error)}`, { cause: error });
}

function isOutOfFiles(error: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes(String((error as { code?: unknown } | undefined)?.code));
}

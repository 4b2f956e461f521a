/** Loading one instance of a module. Node keeps what it has loaded for ever: memory is given back when the front end is replaced. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModuleName } from '../../../domain/modules/module.js';
import { layout, moduleFolder } from '../layout.js';
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

export interface InstanceEntry {
  readonly module: ModuleName;
  readonly instance: string;
  /** Something new for each attempt after a failed one: Node gives the first failure again for the same address. */
  readonly attempt?: number;
}

/** Milliseconds a module may take to come to life. */
export const loadLimit = 10_000;

/** Throws what the module throws while it is loaded, or that it is missing, or that it takes too long. */
export async function loadInstance(dataFolder: string, { module, instance, attempt }: InstanceEntry): Promise<Screens> {
  const entry = path.join(layout.instance(dataFolder, instance), moduleFolder(module), 'src', 'index.js');
  const address = `${pathToFileURL(entry).href}${attempt === undefined ? '' : `?attempt=${attempt}`}`;
  const late = `${module} was not loaded within ${loadLimit / 1000} s`;
  const { exported }: { exported: Record<string, unknown> } = await withinTime(
    import(around(address)),
    loadLimit,
    late,
  );
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

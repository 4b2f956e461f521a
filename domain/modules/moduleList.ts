/** Modules as a list of people tells of them, and what the modules of one list are to each other. */
import { counted, nameRule, shortened, type TextRule, textProblem } from '../text.js';
import { moduleGraph } from './graph.js';
import type { ModuleName, ModuleState } from './module.js';

/** What the list does not say is null: unknown. */
export interface ListedModule {
  readonly name: ModuleName;
  readonly application: string | null;
  readonly ownerTeam: string | null;
  /** In small letters, with `-` for blanks, as the facts know kinds: `reactive-web`. */
  readonly kind: string | null;
  readonly version: string | null;
  /** Whether it was ever published with success. */
  readonly published: boolean | null;
  /** In the release that its environment was on when the list was imported. */
  readonly state: ModuleState | null;
  /** Modules of the list that it references, spelt as there, each once and never itself. */
  readonly references: readonly ModuleName[] | null;
  /** What it references besides: modules of the platform, or of elsewhere. None where its references are unknown. */
  readonly external: readonly ModuleName[];
}

/** A module as it stands on a line of a list, its references as they are written. */
export type ModuleRow = Omit<ListedModule, 'external'> & { readonly line: number };

export interface JoinedList {
  readonly modules: readonly ListedModule[];
  /** Names that stand there twice. */
  readonly twins: readonly Remark[];
  /** References that lead out of the list, each once. */
  readonly external: readonly Remark[];
  /** Modules that reference each other, directly or in a circle: units of more than one. */
  readonly units: readonly (readonly ModuleName[])[];
}

interface Remark {
  readonly line: number;
  /** A sentence without its full stop. */
  readonly text: string;
}

/**
 * Names that differ in small and capital letters only are one name: files and people do not tell them apart. So a reference is found in
 * whatever case it is written. O(V + E).
 */
export function joinedList(rows: readonly ModuleRow[]): JoinedList {
  const byName = new Map<string, ModuleRow>();
  const twins: Remark[] = [];
  for (const row of rows) {
    const twin = byName.get(spelling(row.name));
    if (twin) twins.push({ line: row.line, text: twinText(row, twin) });
    else byName.set(spelling(row.name), row);
  }
  const read = [...byName.values()].map((row) => ({ line: row.line, module: joined(row, byName) }));
  const modules = read.map(({ module }) => module);
  return { modules, twins, external: externalRemarks(read), units: unitsOf(modules) };
}

/** What is wrong with the name of a module, in words that follow what it is; undefined: nothing. */
export function moduleNameProblem(name: string): string | undefined {
  if (reserved.has(name)) return `is ${JSON.stringify(name)}, which no module can be called`;
  return textProblem(name, moduleRule);
}

/** Names are parts of command lines and keys of documents, and a list of names is separated by `,`, `;`, `|` or line ends. */
const moduleRule: TextRule = {
  ...nameRule,
  shape: {
    pattern: /^[^\s,;|"'`<>\\$-][^,;|"'`<>\\$]*$/,
    words: 'a name begins with neither "-" nor a blank and has no quotes, separators, "<", ">", "\\" or "$"',
  },
};

/** What every object of JavaScript has. */
const reserved: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

function spelling(name: ModuleName): string {
  return name.toLowerCase();
}

function twinText({ name }: ModuleRow, twin: ModuleRow): string {
  const given = JSON.stringify(shortened(name, 60));
  return twin.name === name
    ? `the module ${given} stands on line ${twin.line} already`
    : `${given} differs from ${JSON.stringify(shortened(twin.name, 60))} of line ${twin.line} in small and capital letters only`;
}

function joined({ line: _, ...row }: ModuleRow, byName: ReadonlyMap<string, ModuleRow>): ListedModule {
  const listed = new Set<ModuleName>();
  const external = new Map<string, ModuleName>();
  for (const name of row.references ?? []) {
    const producer = byName.get(spelling(name));
    if (!producer) external.set(spelling(name), external.get(spelling(name)) ?? name);
    else if (producer.name !== row.name) listed.add(producer.name);
  }
  return { ...row, references: row.references && [...listed], external: [...external.values()] };
}

function externalRemarks(read: readonly { readonly line: number; readonly module: ListedModule }[]): Remark[] {
  const found = new Map<string, { readonly name: ModuleName; readonly line: number; consumers: number }>();
  for (const { line, module } of read) {
    for (const name of module.external) {
      const former = found.get(spelling(name));
      if (former) former.consumers += 1;
      else found.set(spelling(name), { name, line, consumers: 1 });
    }
  }
  return [...found.values()].map(({ name, line, consumers }) => ({
    line,
    text: `${JSON.stringify(shortened(name, 60))} is not in the list and kept as external; ${consumers === 1 ? 'one module references' : `${counted(consumers)} modules reference`} it`,
  }));
}

function unitsOf(modules: readonly ListedModule[]): readonly (readonly ModuleName[])[] {
  const nodes = modules.map(({ name, references }) => ({ name, producers: references ?? [], cost: 1 }));
  return [...moduleGraph(nodes).units.values()].map(({ members }) => members).filter(({ length }) => length > 1);
}

/**
 * Digests of declarations: what consumers of a module depend on when they are compiled.
 *
 * The digest of a module covers its own declaration files and those of every module they name, directly or not, for the compiler
 * reads those too. It is the same whether a module is alone, in a circle of references or compiled beside its producers.
 */
import type { ModuleName } from '../../../domain/modules/module.js';
import type { ArtifactFile } from './artifacts.js';
import { digestOf } from './digest.js';

/** Declaration files of each module there is, at paths below the module's folder. */
export type Declarations = ReadonlyMap<ModuleName, readonly ArtifactFile[]>;

/** The digest of a module's declarations. Remembers what it has read, so one reader serves many modules. */
export function declarationsReader(declarations: Declarations): (module: ModuleName) => string {
  const own = remembered((module) => digestOf(Object.fromEntries(textsByPath(declarations.get(module)))));
  const named = remembered((module) => namedModules(declarations.get(module) ?? [], declarations));

  return (module) => {
    const reached = new Set([module]);
    for (const name of reached) for (const producer of named(name)) reached.add(producer);
    reached.delete(module);
    return digestOf({ own: own(module), named: [...reached].sort().map((name) => [name, own(name)]) });
  };
}

/**
 * The modules of `known` whose names stand quoted in `files`, as every import does. A text that only looks like a name makes
 * a digest depend on more than it must, which is safe.
 */
export function namedModules(
  files: readonly ArtifactFile[],
  known: { has(module: ModuleName): boolean },
): readonly ModuleName[] {
  const quoted = files.flatMap(({ text }) =>
    [...text.matchAll(/(["'])([@\w.~/-]+)\1/g)].map((match) => match[2] ?? ''),
  );
  return [...new Set(quoted)].filter((name) => known.has(name));
}

function textsByPath(files: readonly ArtifactFile[] = []): readonly (readonly [string, string])[] {
  return files.map(({ path, text }) => [path, text]);
}

function remembered<T>(read: (module: ModuleName) => T): (module: ModuleName) => T {
  const known = new Map<ModuleName, T>();
  return (module) => {
    const value = known.get(module) ?? read(module);
    known.set(module, value);
    return value;
  };
}

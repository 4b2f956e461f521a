/** A group of units as it goes to the compiler, and what comes back. */
import type { UnitId } from '../../../domain/modules/graph.js';
import type { Diagnostic, ModuleName } from '../../../domain/modules/module.js';
import type { ArtifactFile } from './artifacts.js';
import type { InTurn } from './compilerPool.js';
import type { CompilePurpose } from './compilerTurns.js';
import type { Release } from './release.js';
import type { SourceFiles } from './sources.js';

export interface GroupRequest {
  readonly release: Release;
  /** In dependency order. */
  readonly units: readonly CompileUnit[];
  /** Declarations of every module prepared before that a unit references, directly or not. */
  readonly producers: ReadonlyMap<ModuleName, ProducerDeclarations>;
  /** What the group is claimed under; names its work folder. */
  readonly token: number;
  readonly signal: AbortSignal;
  /** Gives it its turn among all that compile here. */
  readonly inTurn: InTurn;
  /** Who waits for it. */
  readonly purpose: CompilePurpose;
  /** Milliseconds that the compiler may take, once it has its turn. */
  readonly patience: number;
  /** Megabytes that it may take. */
  readonly memory: number;
  /** Told the pid of the compiler. */
  readonly onSpawn?: (pid: number) => void;
}

/** Modules that reference each other, directly or in a circle, or one that does not. */
export interface CompileUnit {
  readonly id: UnitId;
  readonly members: readonly CompileMember[];
  /** Units of the same group that it references. */
  readonly producers: readonly UnitId[];
}

export interface CompileMember {
  readonly name: ModuleName;
  /** Only TypeScript below `src/` is compiled. */
  readonly files: SourceFiles;
  /** The modules it declares to use: of its unit, of the group or prepared before. It finds no others. */
  readonly references: readonly ModuleName[];
}

export interface ProducerDeclarations {
  /** At paths below the module's folder: `src/index.d.ts`. */
  readonly files: readonly ArtifactFile[];
  readonly references: readonly ModuleName[];
}

export type UnitResult =
  | {
      readonly kind: 'prepared';
      /** JavaScript and declarations at paths below the module's name: `@acme/claims/src/index.js`. */
      readonly files: readonly ArtifactFile[];
      /** Digest of the declarations by member. */
      readonly declarations: Readonly<Record<ModuleName, string>>;
    }
  | { readonly kind: 'failed'; readonly diagnostics: Diagnostics }
  /** `below`: the failed unit at the root. */
  | { readonly kind: 'skipped'; readonly below: UnitId };

/** Only of members with diagnostics of their own: the others of their unit are skipped. */
export type Diagnostics = Readonly<Record<ModuleName, readonly Diagnostic[]>>;

/** A result for every unit. */
export type GroupResult = ReadonlyMap<UnitId, UnitResult>;

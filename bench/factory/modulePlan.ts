/** A generated module before it is written: what it is about, what it references, what breaks in it. */
import type { Kind } from './references.js';

export interface ModulePlan {
  readonly index: number;
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly application: string;
  readonly kind: Kind;
  /** What the module keeps, in small letters: `inspection`. */
  readonly subject: string;
  /** The same as the name of a type. */
  readonly entity: string;
  readonly texts: readonly [string, string];
  readonly numbers: readonly [string, string];
  readonly producers: readonly ModulePlan[];
  readonly breaks: Break | undefined;
}

export interface Break {
  readonly component: string;
  readonly element: string;
  readonly change: string;
  /** What the module imports for it from the component; `undefined` when it has that anyway. */
  readonly imports: string | undefined;
  /** A function that compiles on the older release only. */
  readonly source: (module: ModulePlan) => string;
}

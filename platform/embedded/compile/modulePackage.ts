/** How a module is found by name, by the compiler and by Node alike. */
import type { ModuleName } from '../../../domain/modules/module.js';

/**
 * The package.json of a module wherever it is compiled or run. It is never the author's own: that one may describe another layout.
 * The compiler takes `src/index.ts` for `src/index.d.ts` where that stands in its place.
 */
export function modulePackage(name: ModuleName): string {
  return JSON.stringify({
    name,
    type: 'module',
    exports: { '.': { types: './src/index.d.ts', default: './src/index.js' } },
  });
}

/** The package.json of a module, checked: what Uplift reads of it. */
import * as z from 'zod';
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/module.js';

export interface ModulePackage {
  readonly name: ModuleName;
  readonly version: string;
  readonly application: string;
  readonly kind: string;
  /** False: uploaded only, never published. */
  readonly published: boolean;
  /** Modules it references; system components are the release's. */
  readonly producers: readonly ModuleName[];
}

const shape = z.object({
  name: z.string().regex(/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  uplift: z.strictObject({
    application: z.string().min(1),
    kind: z.string().min(1),
    published: z.boolean().default(true),
  }),
});

/** `place` names the file in a complaint. Throws `FACTORY_INVALID`. */
export function parsePackage(text: string, place: string): ModulePackage {
  const { name, version, dependencies, uplift } = checked(text, place);
  const producers = Object.keys(dependencies).filter(
    (dependency) => !dependency.startsWith('@system/') && dependency !== name,
  );
  return { name, version, ...uplift, producers: producers.sort() };
}

function checked(text: string, place: string): z.infer<typeof shape> {
  const problem = (what: string) =>
    new UpliftError('FACTORY_INVALID', { what: `${place}: ${what}`, next: 'correct it and try again' });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw problem(`not JSON: ${(error as Error).message}`);
  }
  const result = shape.safeParse(content);
  if (!result.success) throw problem(z.prettifyError(result.error).replaceAll('\n', ' '));
  return result.data;
}

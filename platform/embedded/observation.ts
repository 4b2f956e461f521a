/** Waiting until the front ends of an environment say what became of instances that are wanted. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ModuleName } from '../../domain/modules/module.js';
import type { EmbeddedContext } from './context.js';
import type { PlatformDatabase } from './database.js';

export type RolloutResult = { readonly kind: 'deployed' } | { readonly kind: 'failed'; readonly reason: string };

/** How often observed state is read, in milliseconds. Front ends look at theirs about as often. */
const observeEvery = 50;

/** Until every module has loaded or failed on every front end, or their time is over. */
export async function observeModules(
  { database, settings }: EmbeddedContext,
  { environment, modules }: { environment: string; modules: ReadonlyMap<ModuleName, { readonly id: string }> },
  signal: AbortSignal,
): Promise<ReadonlyMap<ModuleName, RolloutResult>> {
  const frontEnds = await database
    .selectFrom('front_ends')
    .select('name')
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
  const names = frontEnds.map(({ name }) => name);
  const deadline = Date.now() + settings.frontEndPatience;
  for (;;) {
    const seen = await readObservations(database, names, [...modules.keys()]);
    const late = Date.now() > deadline ? settings.frontEndPatience / 1000 : undefined;
    const results = new Map<ModuleName, RolloutResult>();
    for (const [module, { id }] of modules) {
      const observations = seen.filter((row) => row.module === module && row.instance === id);
      const result = resultOf(names, observations, late);
      if (result) results.set(module, result);
    }
    if (results.size === modules.size) return results;
    await delay(observeEvery, undefined, { signal });
  }
}

interface Observation {
  readonly front_end: string;
  readonly module: ModuleName;
  readonly instance: string;
  readonly error: string | null;
}

async function readObservations(
  database: PlatformDatabase,
  frontEnds: readonly string[],
  modules: readonly ModuleName[],
): Promise<readonly Observation[]> {
  return database
    .selectFrom('front_end_modules')
    .selectAll()
    .where('front_end', 'in', frontEnds)
    .where('module', 'in', modules)
    .execute();
}

/** Undefined while it is not known. `late`: seconds that were given in vain. */
function resultOf(
  frontEnds: readonly string[],
  observations: readonly Observation[],
  late: number | undefined,
): RolloutResult | undefined {
  const broken = observations.find(({ error }) => error !== null);
  if (broken) return { kind: 'failed', reason: `${broken.front_end} could not load it: ${broken.error}` };
  const missing = frontEnds.filter((name) => !observations.some(({ front_end }) => front_end === name));
  if (missing.length === 0) return { kind: 'deployed' };
  return late === undefined
    ? undefined
    : { kind: 'failed', reason: `${missing.join(', ')} did not load it within ${late} s` };
}

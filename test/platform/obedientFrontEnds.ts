/** Front ends as the platform sees them: what is wanted is observed at once, without a process that serves it. */
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { nowText, openPlatformDatabase } from '../../platform/embedded/database.js';
import { repeat } from '../../platform/embedded/follow.js';
import type { TinyEnvironment } from './tinyFactory.js';

export interface ObedientFrontEnds {
  /** Modules that no front end can load from now on; they go on with what they had. */
  readonly broken: Set<string>;
}

/** They have opened the database by now, and end with the test: one of several at a time gives its own `whenFinished`. */
export async function obedientFrontEnds(
  { context, environment }: TinyEnvironment,
  whenFinished = onTestFinished,
): Promise<ObedientFrontEnds> {
  const database = openPlatformDatabase(context.dataFolder);
  await database.selectFrom('front_ends').select('name').execute();
  const broken = new Set<string>();
  let failed: unknown;
  const following = repeat(0, observe, (error) => {
    failed = error;
  });
  whenFinished(async () => {
    await following.close();
    await database.destroy();
    if (failed) throw failed;
  });
  return { broken };

  async function observe(): Promise<void> {
    // A turn of its own: two connections of one process that take turns within one would wait for each other.
    await delay(5);
    const frontEnds = await database
      .selectFrom('front_ends')
      .select('name')
      .where('environment', '=', environment)
      .execute();
    const wanted = await database
      .selectFrom('wanted_modules')
      .selectAll()
      .where('environment', '=', environment)
      .execute();
    for (const { name } of frontEnds) {
      for (const { module, instance } of wanted) {
        const row = { instance, error: broken.has(module) ? 'Error: broken' : null, at: nowText };
        await database
          .insertInto('front_end_modules')
          .values({ front_end: name, module, ...row })
          .onConflict((conflict) => conflict.columns(['front_end', 'module']).doUpdateSet(row))
          .execute();
      }
    }
  }
}

/** When the groups of a preparation began and ended, and when its modules got their verdicts (PREP-15). */
import { type MeanTimes, meanTimes } from '../../../domain/modules/meanTimes.js';
import type { PlatformDatabase } from '../database.js';
import { readModules } from '../moduleGraph.js';

export async function readMeanTimes(
  database: PlatformDatabase,
  environment: string,
  preparation: number,
): Promise<MeanTimes> {
  const { started_at } = await database
    .selectFrom('preparations')
    .select('started_at')
    .where('id', '=', preparation)
    .executeTakeFirstOrThrow();
  const groups = await database
    .selectFrom('preparation_groups')
    .select(['started_at', 'ended_at'])
    .where('preparation', '=', preparation)
    .execute();
  const attempts = await database
    .selectFrom('attempts')
    .select(['module', 'outcome', 'ended_at'])
    .where('preparation', '=', preparation)
    .where('outcome', 'in', ['prepared', 'reused', 'failed'])
    .orderBy('id')
    .execute();
  const newest = new Map(attempts.map((attempt) => [attempt.module, attempt]));
  const { graph } = await readModules(database, environment);
  return meanTimes(graph, {
    began: Date.parse(started_at),
    groups: groups.flatMap(({ started_at, ended_at }) =>
      ended_at === null ? [] : [{ began: Date.parse(started_at), ended: Date.parse(ended_at) }],
    ),
    verdicts: [...newest.values()].flatMap(({ module, outcome, ended_at }) =>
      ended_at === null ? [] : [{ module, at: Date.parse(ended_at), prepared: outcome !== 'failed' }],
    ),
  });
}

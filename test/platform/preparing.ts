/** Driving a preparation as its workflow does: groups until nothing is pending, then closed. */
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import type { PreparationReport } from '../../port/preparation.js';
import { quiet, type TinyEnvironment } from './tinyFactory.js';

/** One lane. */
export async function prepare(
  { context, environment }: TinyEnvironment,
  { claimedBy = 'test lane', everything = false } = {},
): Promise<PreparationReport> {
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test', everything });
  await prepareRest(context, id, claimedBy);
  return preparation.close({ preparation: id });
}

/** Throws rather than wait for others. */
export async function prepareRest(context: EmbeddedContext, preparation: number, claimedBy: string): Promise<void> {
  for (;;) {
    const turn = await embeddedPreparation(context).prepareNextGroup({ preparation, claimedBy }, quiet);
    if (turn.kind === 'nothing pending') return;
    if (turn.kind === 'waiting') throw new Error(`${turn.left} modules wait for somebody else`);
  }
}

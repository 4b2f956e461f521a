import { expect, it } from 'vitest';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import type { PreparationReport } from '../../platform/port.js';
import { attemptsOf, breaking, quiet, repaired, statesOf, type TinyEnvironment, upgraded } from './tinyFactory.js';
import { uploadAndRecordPublished } from './publishing.js';

/** One lane, until nothing is pending. */
async function prepare({ context, environment }: TinyEnvironment): Promise<PreparationReport> {
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  for (;;) {
    const turn = await preparation.prepareNextGroup({ preparation: id, claimedBy: 'test lane' }, quiet);
    if (turn.kind === 'nothing pending') return preparation.close({ preparation: id });
  }
}

const chain = {
  base: {},
  broken: { source: breaking },
  consumer: { uses: ['broken'] },
  indirect: { uses: ['consumer', 'base'] },
  independent: { uses: ['base'] },
  draft: { published: false },
};

it('PREP-01 PREP-02 PREP-07 prepares what compiles, fails what does not, skips below it with root and path, leaves drafts alone', async () => {
  const tiny = await upgraded(chain);
  const report = await prepare(tiny);

  expect(await statesOf(tiny)).toEqual({
    base: 'prepared',
    broken: 'failed',
    consumer: 'skipped',
    draft: 'not applicable',
    independent: 'prepared',
    indirect: 'skipped',
  });
  expect(report).toMatchObject({ status: 'finished with errors', prepared: 2, failed: 1, skipped: 2, notApplicable: 1, left: 0, percent: 100 });
  const modules = await embeddedInventory(tiny.context).modules(tiny.environment);
  expect(modules.find(({ name }) => name === 'indirect')?.cause).toEqual({ module: 'broken', path: ['indirect', 'consumer', 'broken'] });
  expect(modules.find(({ name }) => name === 'broken')?.diagnostics).toMatchObject([{ file: 'src/index.ts', line: 2, code: 'TS2339' }]);
});

it('PREP-08 a retry compiles what failed, was skipped or never started, and nothing that is prepared', async () => {
  const tiny = await upgraded(chain);
  await prepare(tiny);
  await uploadAndRecordPublished(tiny, 'broken', repaired);
  const before = (await attemptsOf(tiny)).length;

  const report = await prepare(tiny);

  expect(report).toMatchObject({ status: 'finished', prepared: 5, failed: 0, skipped: 0 });
  const retried = (await attemptsOf(tiny)).slice(before).map(({ module }) => module);
  expect(retried.sort()).toEqual(['broken', 'consumer', 'indirect']);
});

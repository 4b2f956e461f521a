/** Progressive preparation: lanes that prepare the next group until nothing is pending (PREP-01…12). Also the Prepare button. */

import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { modulesLeftKey, stepKey } from '../contract/searchAttributes.js';
import type { Place } from '../domain/infrastructure/place.js';
import { inputs } from '../domain/messages/message.js';
import type { OpenPreparation, PreparationReport, Turn } from '../port/preparation.js';
import { closePreparation, compiler, openPreparation, stopPreparation } from './activities.js';
import { preparationDetails } from './parts/details.js';
import { closingOnCancel, execution, givenWay } from './parts/execution.js';
import { accepted } from './parts/refusal.js';

export async function prepareModules(input: unknown): Promise<PreparationReport> {
  const request = accepted(inputs.prepareModules.check(input));
  const { pausedBy, pauseReason, ...asked } = request;
  const run = execution<OpenPreparation, Extract<Turn, { kind: 'group' }>>('preparation', request, (view) =>
    preparationDetails({ request: asked, ...view }),
  );

  const { unattended } = asked;
  const place = { infrastructure: asked.infrastructure, environment: asked.environment };
  let holder: string | undefined;
  const { prepareNextGroup } = compiler();
  let finished = 0;
  const draining = () => workflowInfo().continueAsNewSuggested;

  async function lane(number: number, preparation: OpenPreparation): Promise<void> {
    while (!draining()) {
      await run.clear();
      const seen = finished;
      const next = await prepareNextGroup.executeWithOptions({ summary: `lane ${number}: next group` }, [
        { ...place, preparation: preparation.id, ...(unattended === undefined ? {} : { unattended: true }) },
      ]);
      if (next.kind === 'held') holder = next.by;
      if (next.kind === 'held' || next.kind === 'nothing pending') return;
      if (next.kind === 'waiting') {
        await condition(() => finished > seen, next.retryIn, {
          summary: `lane ${number}: producers are held elsewhere`,
        });
        continue;
      }
      finished++;
      run.turned(next);
    }
  }

  const stop = () => stopPreparation.executeWithOptions({ summary: 'stop: free every claim' }, [place]);
  return closingOnCancel(stop, async () => {
    const preparation = await openPreparation.executeWithOptions(
      { summary: `open the preparation of ${asked.environment}` },
      [asked],
    );
    run.opened(preparation);
    return failingWith(place, () => untilNothingIsLeft(preparation));
  });

  async function untilNothingIsLeft(preparation: OpenPreparation): Promise<PreparationReport> {
    for (;;) {
      await Promise.all(Array.from({ length: preparation.lanes }, (_, index) => lane(index + 1, preparation)));
      if (holder !== undefined) throw await givenWay(stop, holder);
      if (draining()) {
        await condition(allHandlersFinished);
        return continueAsNew<typeof prepareModules>({ ...asked, ...run.handOn() });
      }
      const report = await closePreparation.executeWithOptions({ summary: 'close the preparation' }, [
        { ...place, preparation: preparation.id },
      ]);
      if (report.status === 'running') continue; // a publish made modules pending after the last lane had looked
      upsertSearchAttributes([
        { key: stepKey, value: 'done' },
        { key: modulesLeftKey, value: report.left },
      ]);
      await condition(allHandlersFinished);
      return report;
    }
  }
}

/** What ends because the step itself failed frees every claim and says so in the list of executions and in the banner (PREP-10). */
async function failingWith<T>(place: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ActivityFailure && !isCancellation(error)) {
      await CancellationScope.nonCancellable(() =>
        stopPreparation.executeWithOptions({ summary: 'the step failed: free every claim' }, [
          { ...place, failed: true },
        ]),
      );
    }
    throw error;
  }
}

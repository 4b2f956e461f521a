/** Progressive preparation: lanes that prepare the next group until nothing is pending (PREP-01…12). Also the Prepare button. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { inputs } from '../domain/message.js';
import type { PreparationReport, Turn } from '../platform/port.js';
import { closePreparation, openPreparation, prepareNextGroup } from './activities.js';
import { status } from './messages.js';
import { preparationDetails } from './parts/details.js';
import { pausable } from './parts/pause.js';
import { accepted } from './parts/refusal.js';
import { environmentAttributes, modulesLeftKey, releaseKey, stepKey } from './searchAttributes.js';

export async function prepareModules(input: unknown): Promise<PreparationReport> {
  const { pausedBy, pauseReason, ...asked } = accepted(inputs.prepareModules.check(input));
  const refusals: string[] = [];
  let opened: Awaited<ReturnType<typeof openPreparation>> | undefined;
  let turn: Extract<Turn, { kind: 'group' }> | undefined;
  const show = () =>
    setCurrentDetails(preparationDetails({ request: asked, opened, turn, paused: controls.paused(), refusals }));
  const controls = pausable(
    show,
    (message, reason) => {
      refusals.push(`${message}: ${reason}`);
      show();
    },
    undefined,
    { pausedBy, pauseReason },
  );
  setHandler(status, () => ({
    step: 'preparation',
    target: opened?.release ?? null,
    gate: null,
    paused: controls.paused(),
    refusals,
  }));
  upsertSearchAttributes([
    ...environmentAttributes(asked.infrastructure, asked.environment),
    { key: stepKey, value: 'preparation' },
  ]);
  show();

  // A cancellation waits for the answer: only what is known to be open can be closed.
  const preparation = await CancellationScope.nonCancellable(() =>
    openPreparation.executeWithOptions({ summary: `open the preparation of ${asked.environment}` }, [asked]),
  );
  opened = preparation;
  upsertSearchAttributes([
    { key: releaseKey, value: preparation.release },
    { key: modulesLeftKey, value: preparation.modules },
  ]);
  show();

  let finished = 0;
  const draining = () => workflowInfo().continueAsNewSuggested;

  async function lane(number: number): Promise<void> {
    while (!draining()) {
      await controls.clear();
      const seen = finished;
      const next = await prepareNextGroup.executeWithOptions({ summary: `lane ${number}: next group` }, [
        { preparation: preparation.id },
      ]);
      if (next.kind === 'nothing pending') return;
      if (next.kind === 'waiting') {
        await condition(() => finished > seen, next.retryIn, {
          summary: `lane ${number}: producers are held elsewhere`,
        });
        continue;
      }
      finished++;
      turn = next;
      upsertSearchAttributes([{ key: modulesLeftKey, value: next.left }]);
      show();
    }
  }

  return closingOnCancel(preparation.id, async () => {
    for (;;) {
      await Promise.all(Array.from({ length: preparation.lanes }, (_, index) => lane(index + 1)));
      if (draining()) {
        await condition(allHandlersFinished);
        return continueAsNew<typeof prepareModules>({ ...asked, ...controls.handOn() });
      }
      const report = await closePreparation.executeWithOptions({ summary: 'close the preparation' }, [
        { preparation: preparation.id },
      ]);
      if (report.status === 'running') continue; // a publish made modules pending after the last lane had looked
      upsertSearchAttributes([
        { key: stepKey, value: 'done' },
        { key: modulesLeftKey, value: report.left },
      ]);
      await condition(allHandlersFinished);
      return report;
    }
  });
}

/** A cancelled preparation frees every claim before it ends, and says `stopped` in its report. */
async function closingOnCancel<T>(preparation: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() =>
        closePreparation.executeWithOptions({ summary: 'stop: free every claim' }, [{ preparation, stopped: true }]),
      );
    }
    throw error;
  }
}

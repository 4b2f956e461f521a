/** What the runs of a preparation and of a deployment share: pause, what people and programs see, the end of one that is cancelled. */
import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { environmentAttributes, modulesLeftKey, releaseKey, stepKey } from '../../contract/searchAttributes.js';
import { status } from '../messages.js';
import { type PauseControl, type PausedFrom, pausable } from './pause.js';
import { type Refusals, refusals } from './refusals.js';

/** What its details are made from. */
export interface ExecutionView<Opened, Turn> {
  readonly opened: Opened | undefined;
  /** The newest. */
  readonly turn: Turn | undefined;
  readonly paused: ReturnType<PauseControl['paused']>;
  readonly refusals: ReturnType<Refusals['all']>;
}

export interface Execution<Opened, Turn> extends Pick<PauseControl, 'clear' | 'handOn'> {
  readonly opened: (value: Opened) => void;
  readonly turned: (turn: Turn) => void;
}

interface Request extends PausedFrom {
  readonly infrastructure: string;
  readonly environment: string;
}

/** Registers every handler. */
export function execution<
  Opened extends { readonly release: string; readonly modules: number },
  Turn extends { readonly left: number },
>(
  step: 'preparation' | 'deployment',
  { infrastructure, environment, pausedBy, pauseReason }: Request,
  details: (view: ExecutionView<Opened, Turn>) => string,
): Execution<Opened, Turn> {
  let opened: Opened | undefined;
  let turn: Turn | undefined;
  const show = () => setCurrentDetails(details({ opened, turn, paused: controls.paused(), refusals: refused.all() }));
  const refused = refusals(() => null, show);
  const controls = pausable(show, refused.refuse, undefined, { pausedBy, pauseReason });
  setHandler(status, () => ({
    step,
    target: opened?.release ?? null,
    gate: null,
    paused: controls.paused(),
    refusals: refused.all().newest,
  }));
  upsertSearchAttributes([...environmentAttributes(infrastructure, environment), { key: stepKey, value: step }]);
  show();

  return {
    clear: controls.clear,
    handOn: controls.handOn,
    opened: (value) => {
      opened = value;
      upsertSearchAttributes([
        { key: releaseKey, value: value.release },
        { key: modulesLeftKey, value: value.modules },
      ]);
      show();
    },
    turned: (value) => {
      turn = value;
      upsertSearchAttributes([{ key: modulesLeftKey, value: value.left }]);
      show();
    },
  };
}

/** One that is cancelled frees every claim before it ends: `close` says `stopped` in its report. */
export async function closingOnCancel<T>(close: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(close);
    throw error;
  }
}

/** What ends one that nobody attends to once somebody holds its environment, after `close`: it is not failed but out of the way. */
export async function givenWay(close: () => Promise<unknown>, holder: string): Promise<ApplicationFailure> {
  await CancellationScope.nonCancellable(close);
  return ApplicationFailure.nonRetryable(holder, 'ENVIRONMENT_HELD');
}

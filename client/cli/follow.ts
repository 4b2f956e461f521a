/** Following what goes on: looked at every second and shown, until it ends, until enough was seen, or until Ctrl-C. */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Workflow, WorkflowResultType } from '@temporalio/common';
import { exitCodes, UpliftError } from '../../domain/errors.js';
import type { Temporal } from '../../temporal/connection.js';
import { typed } from '../words.js';
import { activityItems } from './activityText.js';
import { failureOf } from './failure.js';
import type { Place } from './infrastructure.js';
import type { Run } from './runs.js';
import type { Terminal } from './terminal.js';
import { type Activity, onlyAbout, readActivity, readInfrastructureActivity } from './view.js';

export interface Followed {
  readonly temporal: Temporal;
  readonly places: readonly Place[];
  readonly terminal: Terminal;
  /** Shows nothing else; without it everything is shown. */
  readonly about?: Run['procedure'];
}

/** Milliseconds between two looks. */
const every = 1_000;
/** Looks that may fail in a row: a server that restarts is back within a minute. */
const failuresInARow = 60;

/** Until `enough`. Throws `INTERRUPTED` on Ctrl-C; what is followed goes on. */
export async function followUntil(followed: Followed, enough: Enough): Promise<void> {
  await follow(followed, enough);
}

/** Until the run has ended, with its result. Throws what the run failed with, and `INTERRUPTED` on Ctrl-C; the run goes on. */
export async function followToEnd<T extends Workflow>(
  followed: Followed,
  handle: WorkflowHandle<T>,
): Promise<WorkflowResultType<T>> {
  return (await followRun(followed, handle, () => false)) as WorkflowResultType<T>;
}

/** As `followToEnd`, but `undefined` as soon as it is `enough`. */
export async function followRun<T extends Workflow>(
  followed: Followed,
  handle: WorkflowHandle<T>,
  enough: Enough,
): Promise<WorkflowResultType<T> | undefined> {
  const waiting = new AbortController();
  setMaxListeners(0, waiting.signal); // the client leaves one behind with every poll
  const result = followed.temporal.client.withAbortSignal(waiting.signal, () => handle.result());
  try {
    const how = await follow(followed, enough, result);
    return how === 'enough' ? undefined : await result;
  } finally {
    waiting.abort();
  }
}

type Enough = (activities: readonly Activity[]) => boolean;

async function follow(followed: Followed, enough: Enough, result?: Promise<unknown>): Promise<'enough' | 'settled'> {
  const progress = await followed.terminal.progress();
  const interruption = followed.terminal.interruption();
  const settled = new AbortController();
  const settle = () => settled.abort();
  result?.then(settle, settle);
  const wake = AbortSignal.any([settled.signal, interruption]);
  let failures = 0;
  try {
    for (;;) {
      const last = settled.signal.aborted;
      try {
        const activities = await look(followed);
        progress.show(activities.flatMap(activityItems));
        failures = 0;
        if (!last && enough(activities)) return 'enough';
      } catch (error) {
        const { exit, parts } = await failureOf(error);
        if (exit === exitCodes.permission || ++failures === failuresInARow) throw error;
        progress.show([{ key: 'trouble', text: `${parts.what}; looking again` }]);
      }
      if (last) return 'settled';
      await delay(every, undefined, { signal: wake }).catch(() => undefined);
      if (interruption.aborted) throw interrupted(followed.places);
    }
  } finally {
    progress.end();
  }
}

async function look({ temporal, places, about }: Followed): Promise<readonly Activity[]> {
  const activities = await Promise.all(places.map((place) => readActivity(temporal, place)));
  if (about !== undefined) return activities.map((activity) => onlyAbout(activity, about));
  const [place] = places;
  return place ? [await readInfrastructureActivity(temporal, place), ...activities] : activities;
}

function interrupted(places: readonly Place[]): UpliftError {
  const [place, ...others] = places;
  return new UpliftError('INTERRUPTED', {
    what: 'Stopped watching; what runs goes on',
    next: `uplift watch${place && others.length === 0 ? ` ${typed(place.environment)}` : ''}`,
  });
}

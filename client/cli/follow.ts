/** Following what goes on: looked at every second and shown, until it ends, until enough was seen, or until Ctrl-C. */
import { setTimeout as delay } from 'node:timers/promises';
import { UpliftError } from '../../domain/errors.js';
import type { Temporal } from '../connection.js';
import { activityItems } from './activityText.js';
import type { Place } from './infrastructure.js';
import type { Terminal } from './terminal.js';
import { type Activity, readActivity } from './view.js';
import { typed } from './words.js';

export interface Followed {
  readonly temporal: Temporal;
  readonly places: readonly Place[];
  readonly terminal: Terminal;
}

/** Milliseconds between two looks. */
const every = 1_000;
/** Looks that may fail in a row: a server that restarts is back within a minute. */
const failuresInARow = 60;

/** Until `enough`. Throws `INTERRUPTED` on Ctrl-C; what is followed goes on. */
export async function followUntil(followed: Followed, enough: Enough): Promise<void> {
  await follow(followed, enough, new Promise(() => undefined));
}

/** Until `result` settles, or `undefined` as soon as it is `enough`. Throws `INTERRUPTED` on Ctrl-C; the run goes on. */
export async function followResult<T>(
  followed: Followed,
  result: Promise<T>,
  enough: Enough = () => false,
): Promise<T | undefined> {
  const how = await follow(followed, enough, result);
  return how === 'enough' ? undefined : result;
}

type Enough = (activities: readonly Activity[]) => boolean;

async function follow(
  { temporal, places, terminal }: Followed,
  enough: Enough,
  result: Promise<unknown>,
): Promise<'enough' | 'settled'> {
  const progress = await terminal.progress();
  const interruption = terminal.interruption();
  let over = false;
  const end = result.then(isOver, isOver);
  let failures = 0;
  try {
    while (!over) {
      try {
        const activities = await Promise.all(places.map((place) => readActivity(temporal, place)));
        progress.show(activities.flatMap(activityItems));
        failures = 0;
        if (enough(activities)) return 'enough';
      } catch (error) {
        if (++failures === failuresInARow || over) throw error;
        progress.show([{ key: 'trouble', text: `${error instanceof Error ? error.message : error}; looking again` }]);
      }
      await Promise.race([end, delay(every, undefined, { signal: interruption }).catch(() => undefined)]);
      if (interruption.aborted) throw interrupted(places);
    }
    return 'settled';
  } finally {
    progress.end();
  }

  function isOver(): void {
    over = true;
  }
}

function interrupted(places: readonly Place[]): UpliftError {
  const [place, ...others] = places;
  return new UpliftError('INTERRUPTED', {
    what: 'Stopped watching; what runs goes on',
    next: `uplift watch${place && others.length === 0 ? ` ${typed(place.environment)}` : ''}`,
  });
}

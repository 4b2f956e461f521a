/**
 * When the environments of a plan are expected to be upgraded: each in one piece inside a window of its own, after the one before
 * (PLAN-01). Production's window comes first: until when the environments before it have to start follows from it (PLAN-03).
 */
import { day, type Instant } from './localTime.js';
import { openTimes } from './openTimes.js';
import { closesAt, type Freeze, nextFit, type Window } from './window.js';

/** An environment's upgrade as the calendar sees it. */
export interface Appointment {
  readonly name: string;
  /** Milliseconds. */
  readonly work: number;
  readonly windows: readonly Window[];
  readonly freezes: readonly Freeze[];
  readonly production: boolean;
  /** The vendor asks for a day between two environments in its Cloud, for tests (CLOUD-02). */
  readonly cloud: boolean;
}

export type Schedule =
  | {
      readonly kind: 'fits';
      readonly start: Instant;
      readonly end: Instant;
      /** When the window closes; `null`: it never does. */
      readonly closes: Instant | null;
      /** The latest start that still leads to Production's window; `null` for Production and what comes after. */
      readonly latestStart: Instant | null;
    }
  /** `longest`: the longest open time, in milliseconds. */
  | { readonly kind: 'no window is long enough'; readonly longest: number }
  | { readonly kind: 'waits'; readonly environment: string };

export interface CalendarRequest {
  /** In the order they are upgraded. */
  readonly appointments: readonly Appointment[];
  readonly now: Instant;
  /** Production's window is the first one from then on; `undefined`: as soon as the others are done. */
  readonly productionNotBefore?: Instant | undefined;
}

/** By the position of the appointment. Gates are taken to open at once. */
export function calendar(request: CalendarRequest): readonly Schedule[] {
  const earliest = earliestSchedules(request);
  const latest = latestStarts(request.appointments, earliest);
  return earliest.map((schedule, index) =>
    schedule.kind === 'fits' ? { ...schedule, latestStart: latest[index] ?? null } : schedule,
  );
}

function earliestSchedules({ appointments, now, productionNotBefore = now }: CalendarRequest): readonly Schedule[] {
  const schedules: Schedule[] = [];
  let ready = now;
  let stuck: string | undefined;
  for (const appointment of appointments) {
    const { windows, freezes, work, production } = appointment;
    if (stuck !== undefined) {
      schedules.push({ kind: 'waits', environment: stuck });
      continue;
    }
    const start = nextFit(windows, freezes, production ? Math.max(ready, productionNotBefore) : ready, work);
    if (start === undefined) {
      stuck = appointment.name;
      schedules.push({ kind: 'no window is long enough', longest: longestOpenTime(appointment, ready) });
      continue;
    }
    const end = start + work;
    schedules.push({ kind: 'fits', start, end, closes: closesAt(windows, freezes, start) ?? null, latestStart: null });
    ready = end + pauseAfter(appointment);
  }
  return schedules;
}

/** Backwards from the first Production; `null` where nothing follows from it. */
function latestStarts(
  appointments: readonly Appointment[],
  schedules: readonly Schedule[],
): readonly (Instant | null)[] {
  const latest: (Instant | null)[] = appointments.map(() => null);
  const production = appointments.findIndex((appointment) => appointment.production);
  const goal = schedules[production];
  if (goal?.kind !== 'fits') return latest;
  let deadline = goal.start;
  for (let index = production - 1; index >= 0; index--) {
    const appointment = appointments[index];
    const schedule = schedules[index];
    if (!appointment || schedule?.kind !== 'fits') return latest;
    deadline = latestFit(appointment, schedule.start, deadline - pauseAfter(appointment) - appointment.work);
    latest[index] = deadline;
  }
  return latest;
}

/**
 * The last moment of `earliest` to `latest` at which the work fits. It fits at `earliest`, which is not after `latest`.
 *
 * `nextFit` never goes back when time goes on. So the moments whose next fit is not after `latest` are all before those whose is,
 * and the last of them is a fit itself: else its next fit would be a later one of them.
 */
function latestFit({ windows, freezes, work }: Appointment, earliest: Instant, latest: Instant): Instant {
  const inTime = (moment: Instant) => (nextFit(windows, freezes, moment, work) ?? Number.POSITIVE_INFINITY) <= latest;
  if (inTime(latest)) return latest;
  let [early, late] = [earliest, latest];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (inTime(middle)) early = middle;
    else late = middle;
  }
  return early;
}

function longestOpenTime({ windows, freezes }: Appointment, from: Instant): number {
  let longest = 0;
  for (const { opens, closes } of openTimes(windows, freezes, from)) {
    longest = Math.max(longest, closes - Math.max(opens, from));
  }
  return longest;
}

function pauseAfter({ cloud }: Appointment): number {
  return cloud ? day : 0;
}

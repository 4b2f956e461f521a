/** What the upgrade of each environment is expected to take, when, and what that means for users, developers and a rollback. */

import { type Appointment, calendar, type Schedule } from '../calendar/calendar.js';
import type { Instant } from '../calendar/localTime.js';
import { windowTexts } from '../calendar/windowText.js';
import { rollbackCost } from '../goLive/rollbackCost.js';
import { moduleLocks } from './moduleLocks.js';
import type {
  EnvironmentDecisions,
  EnvironmentForecast,
  ForecastSchedule,
  ForecastStep,
  PlanPart,
  PlanRequest,
} from './plan.js';
import { phaseOf } from './plannedStep.js';
import { type ExpectedStep, expectedStep, type MeasuredStep } from './stepDuration.js';

/** `parts` and `decisions` are those of the same environments, in the order they are upgraded. */
export function environmentForecasts(
  parts: readonly PlanPart[],
  decisions: readonly EnvironmentDecisions[],
  request: Pick<PlanRequest, 'now' | 'productionNotBefore' | 'measured'>,
): readonly EnvironmentForecast[] {
  const { measured = [] } = request;
  const expected = decisions.map((environment, index) => expectedSteps(environment, modulesOf(parts[index]), measured));
  const appointments = decisions.map((environment, index) => appointmentOf(environment, expected[index] ?? []));
  const { now, productionNotBefore } = request;
  const schedules = calendar({ appointments, now, productionNotBefore });
  return parts.flatMap((part, index) => {
    const environment = decisions[index];
    const schedule = schedules[index];
    return environment && schedule ? [environmentForecast(part, environment, expected[index] ?? [], schedule)] : [];
  });
}

/** In the order they come. `modules`: null while they are unknown. `measured` as `expectedStep` takes it. */
export function expectedSteps(
  { name, steps, frontEnds }: EnvironmentDecisions,
  modules: number | null,
  measured: readonly MeasuredStep[],
): readonly ExpectedStep[] {
  return steps.map((step) => expectedStep(step, { name, modules, frontEnds: frontEnds.length }, measured));
}

function environmentForecast(
  part: PlanPart,
  environment: EnvironmentDecisions,
  expected: readonly ExpectedStep[],
  schedule: Schedule,
): EnvironmentForecast {
  const steps = timed(expected, schedule.kind === 'fits' ? schedule.start : undefined);
  const rollback = rollbackCost(environment.strategy, expected);
  return {
    name: environment.name,
    timeZone: part.toUpgrade.environment.timeZone,
    modules: modulesOf(part),
    work: total(expected),
    schedule: schedule.kind === 'fits' ? inText(schedule) : schedule,
    steps,
    windows: windowTexts(environment.windows),
    downtime: expectedDowntime(part, environment, expected),
    locks: moduleLocks(part.path, environment.applications),
    rollback: { ...rollback, at: steps.find(({ step }) => step === rollback.pointOfNoReturn)?.start ?? null },
  };
}

function appointmentOf(environment: EnvironmentDecisions, expected: readonly ExpectedStep[]): Appointment {
  const { name, windows, freezes, stage, hosting } = environment;
  return {
    name,
    work: total(expected),
    windows,
    freezes,
    production: stage === 'production',
    cloud: hosting === 'cloud',
  };
}

/** Behind the closed door all of it; in place that of a zone's only front end while it is replaced. */
function expectedDowntime(
  { toUpgrade }: PlanPart,
  { strategy, frontEnds }: EnvironmentDecisions,
  expected: readonly ExpectedStep[],
): number {
  switch (strategy) {
    case 'downtime':
      return total(expected);
    case 'zero downtime':
      return 0;
    case 'in place': {
      const alone = toUpgrade.environment.zones.some((zone) => zone.frontEnds.length < 2);
      const server = expected.find(({ step }) => step === 'server')?.milliseconds ?? 0;
      return alone ? Math.round(server / frontEnds.length) : 0;
    }
  }
}

function timed(expected: readonly ExpectedStep[], start: Instant | undefined): readonly ForecastStep[] {
  let passed = 0;
  return expected.map((step) => {
    const begins = passed;
    passed += step.milliseconds;
    const at = (moment: number) => (start === undefined ? null : new Date(start + moment).toISOString());
    return { ...step, phase: phaseOf(step.step), start: at(begins), end: at(passed) };
  });
}

function inText({ kind, start, end, closes, latestStart }: Extract<Schedule, { kind: 'fits' }>): ForecastSchedule {
  const text = (moment: Instant) => new Date(moment).toISOString();
  return {
    kind,
    start: text(start),
    end: text(end),
    closes: closes === null ? null : text(closes),
    latestStart: latestStart === null ? null : text(latestStart),
  };
}

/** Null: they are not listed. */
function modulesOf(part: PlanPart | undefined): number | null {
  return part?.toUpgrade.modules?.length ?? null;
}

function total(expected: readonly ExpectedStep[]): number {
  return expected.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

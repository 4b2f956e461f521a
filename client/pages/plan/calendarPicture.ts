/** The picture of the calendar: a row per environment with its windows, its freezes and when its upgrade is expected. */

import { localDateTime, minute } from '../../../domain/calendar/localTime.js';
import { frozenTime, openTimes } from '../../../domain/calendar/openTimes.js';
import type { EnvironmentDecisions, EnvironmentForecast, InfrastructurePlan } from '../../../domain/plan/plan.js';
import { type Html, html } from '../../../http/html.js';
import { type Axis, axis, calendarTicks, picture, type Tick } from './axis.js';
import { nameText } from './nameText.js';
import { scheduleText, usersText } from './wording.js';

const row = 46;
const bar = 18;
/** Above the rows. */
const top = 8;

/** Nothing when no environment has a time. */
export function calendarPicture({ decisions, forecast }: InfrastructurePlan): Html {
  const calendar = calendarAxis(forecast.environments);
  const timeZone = forecast.environments[0]?.timeZone ?? 'UTC';
  if (!calendar) return html``;
  const bottom = top + row * decisions.environments.length;
  const rows = decisions.environments.flatMap((environment, index) => {
    const expected = forecast.environments[index];
    return expected ? [environmentRow(environment, expected, calendar, top + row * index)] : [];
  });
  const spoken = decisions.environments
    .flatMap((environment, index) => {
      const expected = forecast.environments[index];
      return expected ? [`${expected.name}: ${scheduleText(expected)}, users ${usersText(expected, environment)}`] : [];
    })
    .join('. ');
  return html`<figure>
<div class="scroll" role="region" aria-label="Calendar" tabindex="0">
<svg class="picture" viewBox="0 0 ${picture.width} ${bottom + 34}" role="img" aria-labelledby="calendar-title calendar-text">
<title id="calendar-title">When each environment is expected to be upgraded</title>
<desc id="calendar-text">${spoken}</desc>
<defs><pattern id="frozen" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse"><rect width="2" height="6" class="freeze"/></pattern></defs>
${calendarTicks(calendar, timeZone).map((tick) => tickLine(tick, bottom))}
${rows}
</svg>
</div>
<figcaption>
<ul class="legend">
<li><i class="swatch window"></i>window is open</li>
<li><i class="swatch frozen"></i>frozen</li>
<li><i class="swatch in-place"></i>upgrade, users keep working</li>
<li><i class="swatch door"></i>upgrade, users cannot work</li>
<li><i class="swatch latest"></i>latest start for Production’s window</li>
</ul>
Times on the clock of ${timeZone}. Every gate is taken to open at once: this is the earliest course.
</figcaption>
</figure>
`;
}

/** With some room on both sides. */
function calendarAxis(environments: readonly EnvironmentForecast[]): Axis | undefined {
  const times = environments.flatMap(({ schedule }) =>
    schedule.kind === 'fits' ? [Date.parse(schedule.start), Date.parse(schedule.end)] : [],
  );
  if (times.length === 0) return undefined;
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const room = Math.max((to - from) * 0.06, 20 * minute);
  return axis(from - room, to + room);
}

function tickLine({ x, text }: Tick, bottom: number): Html {
  return html`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><text class="tick" x="${x}" y="${bottom + 18}">${text}</text>
`;
}

function environmentRow(
  environment: EnvironmentDecisions,
  expected: EnvironmentForecast,
  calendar: Axis,
  y: number,
): Html {
  const middle = y + row / 2;
  return html`<g>
<line class="grid" x1="0" x2="${picture.width}" y1="${y + row}" y2="${y + row}"/>
${nameText(environment.name, middle + 4)}
${openBands(environment, calendar, middle)}${freezeBands(environment, calendar, middle)}
${upgradeBar(environment, expected, calendar, middle)}
</g>
`;
}

function openBands({ windows, freezes }: EnvironmentDecisions, calendar: Axis, middle: number): readonly Html[] {
  const bands: Html[] = [];
  for (const { opens, closes } of openTimes(windows, freezes, calendar.from)) {
    if (opens >= calendar.to) break;
    bands.push(band('window', opens, closes, calendar, middle));
  }
  return bands;
}

function freezeBands({ freezes }: EnvironmentDecisions, calendar: Axis, middle: number): readonly Html[] {
  return freezes
    .map(frozenTime)
    .filter(({ opens, closes }) => closes > calendar.from && opens < calendar.to)
    .map(({ opens, closes }) => band('frozen', opens, closes, calendar, middle));
}

function band(name: string, opens: number, closes: number, calendar: Axis, middle: number): Html {
  const [left, right] = [calendar.at(opens), calendar.at(closes)];
  return html`<rect class="${name}" x="${left}" width="${round(right - left)}" y="${middle - bar}" height="${2 * bar}"/>`;
}

/** Beside it the times: on the side with more room, and beyond the mark of the latest start where that is near. */
function upgradeBar(
  { strategy }: EnvironmentDecisions,
  expected: EnvironmentForecast,
  calendar: Axis,
  middle: number,
): Html {
  const { schedule, timeZone } = expected;
  if (schedule.kind !== 'fits') {
    return html`<text class="problem" x="${picture.left + 6}" y="${middle + 4}">${scheduleText(expected)}</text>`;
  }
  const clock = (iso: string) => localDateTime(Date.parse(iso), timeZone).slice(11);
  const [left, end] = [calendar.at(Date.parse(schedule.start)), calendar.at(Date.parse(schedule.end))];
  const right = Math.max(end, left + 4);
  const latest = schedule.latestStart === null ? undefined : calendar.at(Date.parse(schedule.latestStart));
  const beyond = latest !== undefined && latest >= left && latest < right + textWidth ? Math.max(right, latest) : right;
  const text = `${clock(schedule.start)}–${clock(schedule.end)}`;
  return html`<rect class="${strategy === 'downtime' ? 'door' : 'in-place'}" x="${left}" width="${round(right - left)}" y="${middle - bar / 2}" height="${bar}" rx="2"/>${outage(strategy, expected, calendar, middle)}
${beside(text, left, beyond, middle)}${latest === undefined ? html`` : latestMark(latest, middle)}`;
}

/** In place: the step in which the only front end of a zone is replaced. */
function outage(
  strategy: EnvironmentDecisions['strategy'],
  { downtime, steps }: EnvironmentForecast,
  calendar: Axis,
  middle: number,
): Html {
  const server = steps.find(({ step }) => step === 'server');
  if (strategy !== 'in place' || downtime === 0 || !server?.start || !server.end) return html``;
  const [left, right] = [calendar.at(Date.parse(server.start)), calendar.at(Date.parse(server.end))];
  return html`<rect class="door" x="${left}" width="${round(right - left)}" y="${middle - bar / 2}" height="${bar}"/>`;
}

/** About what the times of a bar take. */
const textWidth = 84;

function beside(text: string, left: number, right: number, middle: number): Html {
  return right + textWidth > picture.width - picture.right
    ? html`<text class="end" x="${round(left - 6)}" y="${middle + 4}">${text}</text>`
    : html`<text x="${round(right + 6)}" y="${middle + 4}">${text}</text>`;
}

function latestMark(x: number, middle: number): Html {
  return html`<path class="latest" d="M${x} ${middle - bar} v${2 * bar} m0 -${2 * bar} l-7 4 l7 4 z"/>`;
}

function round(width: number): number {
  return Math.round(width * 10) / 10;
}

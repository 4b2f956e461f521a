/** The picture of the steps: for each environment what is done one after the other, its gates, locks, downtime, point of no return. */
import type {
  ApprovalNeeded,
  EnvironmentDecisions,
  EnvironmentForecast,
  ForecastStep,
  InfrastructurePlan,
} from '../../../domain/plan/plan.js';
import type { PlannedStep } from '../../../domain/plan/plannedStep.js';
import { type Html, html } from '../../../http/html.js';
import { duration } from '../../words.js';
import { type Axis, axis, durationTicks, picture } from './axis.js';
import { gateMarks, gateShapes, type Segment } from './gateMarks.js';
import { nameText } from './nameText.js';
import { usersText } from './wording.js';

const row = 104;
const top = 6;
/** Of the parts of a row, from its top. */
const segments = { y: 34, height: 28 } as const;
const strips = { door: 66, locks: 76 } as const;
const letter = 6.6;

export function stepsPicture({ decisions, forecast }: InfrastructurePlan): Html {
  const along = axis(0, pictured(forecast.environments));
  const bottom = top + row * decisions.environments.length;
  const rows = decisions.environments.flatMap((environment, index) => {
    const expected = forecast.environments[index];
    const gates = forecast.approvals.filter((approval) => approval.environment === environment.name);
    return expected ? [environmentRow({ environment, expected, gates }, along, top + row * index)] : [];
  });
  return html`<figure>
<div class="scroll" role="region" aria-label="Steps" tabindex="0">
<svg class="picture" viewBox="0 0 ${picture.width} ${bottom + 30}" role="img" aria-labelledby="steps-title steps-text">
<title id="steps-title">The steps of each environment, with gates, downtime, locks and the point of no return</title>
<desc id="steps-text">${spoken(decisions.environments, forecast.environments)}</desc>
<defs><pattern id="out" width="7" height="7" patternTransform="rotate(45)" patternUnits="userSpaceOnUse"><rect width="7" height="7" class="out-ground"/><rect width="3" height="7" class="out-line"/></pattern></defs>
${durationTicks(along).map(
  ({ x, text }) =>
    html`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><text class="tick" x="${x}" y="${bottom + 18}">${text}</text>
`,
)}
${rows}
</svg>
</div>
<figcaption><ul class="legend">
<li><i class="swatch server"></i>server</li>
<li><i class="swatch applications"></i>applications</li>
<li><i class="swatch tests"></i>tests</li>
<li><i class="swatch care"></i>snapshot, door, traffic</li>
<li>${mark('gate', 'always')}gate</li>
<li>${mark('gate open', 'when a check failed')}gate, only when something failed</li>
<li>${mark('gate open', 'when the window has closed')}gate, only when the window has closed</li>
<li><i class="swatch closes"></i>window closes</li>
<li><i class="swatch out"></i>users cannot work</li>
<li><i class="swatch locks"></i>modules locked</li>
<li><i class="swatch no-return"></i>point of no return</li>
</ul></figcaption>
</figure>
`;
}

/** Milliseconds on the picture: the longest work, and the ends of windows that come soon after it. */
function pictured(forecasts: readonly EnvironmentForecast[]): number {
  const longest = Math.max(1, ...forecasts.map(({ work }) => work));
  const ends = forecasts.flatMap((expected) => openFor(expected) ?? []);
  return Math.max(longest, ...ends.filter((open) => open <= longest * 1.2));
}

/** Milliseconds from the start to the end of the window. */
function openFor({ schedule }: EnvironmentForecast): number | undefined {
  if (schedule.kind !== 'fits' || schedule.closes === null) return undefined;
  return Date.parse(schedule.closes) - Date.parse(schedule.start);
}

function mark(name: string, asked: ApprovalNeeded['asked']): Html {
  return html`<svg class="mark" viewBox="0 0 14 14" aria-hidden="true"><path class="${name}" d="M7 1 ${gateShapes[asked]}"/></svg>`;
}

function spoken(environments: readonly EnvironmentDecisions[], forecasts: readonly EnvironmentForecast[]): string {
  const texts = environments.flatMap((environment, index) => {
    const expected = forecasts[index];
    if (!expected) return [];
    const inOrder = expected.steps.map(({ step, milliseconds }) => `${step} ${duration(milliseconds)}`).join(', ');
    const users = usersText(expected, environment);
    return `${environment.name}: ${inOrder}; users ${users}; point of no return: ${expected.rollback.pointOfNoReturn}`;
  });
  return texts.join('. ');
}

interface Row {
  readonly environment: EnvironmentDecisions;
  readonly expected: EnvironmentForecast;
  /** Of this environment. */
  readonly gates: readonly ApprovalNeeded[];
}

function environmentRow({ environment, expected, gates }: Row, along: Axis, y: number): Html {
  const placed = segmentsOf(expected.steps, along);
  const { name, strategy } = environment;
  return html`<g>
<line class="grid" x1="0" x2="${picture.width}" y1="${y + row - 4}" y2="${y + row - 4}"/>
${nameText(name, y + segments.y + 12)}
<text class="under" x="0" y="${y + segments.y + 28}">${strategy}, ${duration(expected.work)}</text>
${placed.map((segment) => segmentBox(segment, y))}
${downtimeStrip(placed, environment, expected, y)}
${placed.filter(({ step }) => expected.locks.some(({ during }) => during === step)).map(({ left, right }) => strip('locks', left, right, y + strips.locks))}
${gateMarks(gates, placed, y + segments.y - 14)}
${windowEnd(expected, along, y)}
${noReturnLine(expected, placed, y)}
</g>
`;
}

function segmentsOf(steps: readonly ForecastStep[], along: Axis): readonly Segment[] {
  let passed = 0;
  return steps.map(({ step, milliseconds }) => {
    const left = along.at(passed);
    passed += milliseconds;
    return { step, milliseconds, left, right: along.at(passed) };
  });
}

function segmentBox({ step, milliseconds, left, right }: Segment, y: number): Html {
  const width = Math.round((right - left) * 10) / 10;
  const fits = width > step.length * letter + 8;
  const label = fits
    ? html`<text class="in-box" x="${Math.round(left + width / 2)}" y="${y + segments.y + 18}">${step}</text>`
    : html``;
  return html`<rect class="step ${kindOf(step)}" x="${left}" width="${width}" y="${y + segments.y}" height="${segments.height}"><title>${step}, ${duration(milliseconds)}</title></rect>${label}`;
}

function kindOf(step: PlannedStep): string {
  switch (step) {
    case 'server':
    case 'first half':
    case 'second half':
      return 'server';
    case 'preparation':
    case 'deployment':
      return 'applications';
    case 'tests':
      return 'tests';
    case 'snapshot':
    case 'closing':
    case 'traffic switch':
    case 'opening':
      return 'care';
  }
}

/** Behind the closed door along all steps, in place below the step in which front ends are replaced. */
function downtimeStrip(
  placed: readonly Segment[],
  environment: EnvironmentDecisions,
  expected: EnvironmentForecast,
  y: number,
): Html {
  const touched = environment.strategy === 'in place' ? placed.filter(({ step }) => step === 'server') : placed;
  const [first, last] = [touched[0], touched.at(-1)];
  if (expected.downtime === 0 || !first || !last) return html``;
  // Beside the point of no return, where both begin at one step.
  const left = expected.rollback.pointOfNoReturn === first.step ? first.left + noReturnWidth : first.left;
  return html`${strip('out', first.left, last.right, y + strips.door)}<text class="under" x="${left}" y="${y + strips.locks + 18}">users ${usersText(expected, environment)}</text>`;
}

/** About what its name takes. */
const noReturnWidth = 128;

/** Where the window closes, if that is on the picture. */
function windowEnd(expected: EnvironmentForecast, along: Axis, y: number): Html {
  const open = openFor(expected);
  if (open === undefined || open > along.to) return html``;
  const x = along.at(open);
  return html`<line class="closes" x1="${x}" x2="${x}" y1="${y + segments.y - 6}" y2="${y + strips.locks + 6}"><title>the window closes after ${duration(open)}</title></line>`;
}

function strip(name: string, left: number, right: number, y: number): Html {
  return html`<rect class="${name}" x="${left}" width="${Math.round((right - left) * 10) / 10}" y="${y}" height="6" rx="1"/>`;
}

function noReturnLine({ rollback }: EnvironmentForecast, placed: readonly Segment[], y: number): Html {
  const x = placed.find(({ step }) => step === rollback.pointOfNoReturn)?.left;
  if (x === undefined) return html``;
  const end = x > picture.width - 140;
  return html`<line class="no-return" x1="${x}" x2="${x}" y1="${y + segments.y - 4}" y2="${y + strips.locks + 12}"/>
<text class="no-return-name${end ? ' end' : ''}" x="${end ? x - 5 : x + 5}" y="${y + strips.locks + 18}">point of no return</text>`;
}

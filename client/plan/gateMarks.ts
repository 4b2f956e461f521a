/** The gates of an environment on the picture of its steps. */
import type { GateDecision } from '../../domain/gateDecision.js';
import type { PlannedStep } from '../../domain/plannedStep.js';
import { picture } from './axis.js';
import { type Html, html, nothing } from './html.js';

/** A step with its place on the axis. */
export interface Segment {
  readonly step: PlannedStep;
  readonly milliseconds: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Gates that are always asked stand where they hold the run; one that only failures open after the step that may fail. `y` is that of
 * their upper corners.
 */
export function gateMarks(gates: readonly GateDecision[], placed: readonly Segment[], y: number): readonly Html[] {
  const marks = gates.flatMap((gate) => {
    const always = gate.name === 'start' || gate.name === 'go live';
    return gatePlaces(gate.name, placed).map((x) => ({ gate, x, always }));
  });
  return marks.map(({ gate, x, always }) => {
    const covered = !always && marks.some((other) => other.always && Math.abs(other.x - x) < gateWidth);
    return gateMark(gate, covered ? x - gateWidth : x, always, y);
  });
}

const gateWidth = 14;

function gateMark({ name, quorum }: GateDecision, x: number, always: boolean, y: number): Html {
  const people = quorum === 1 ? '' : ` (${quorum})`;
  const end = x > picture.width - 60;
  const label = always
    ? html`<text class="gate-name${end ? ' end' : ''}" x="${end ? x + 6 : x - 6}" y="${y - 4}">${name}${people}</text>`
    : nothing;
  return html`${label}<path class="gate${always ? '' : ' open'}" d="M${x} ${y} l6 6 l-6 6 l-6 -6 z"><title>gate ${name}${people}</title></path>`;
}

function gatePlaces(name: GateDecision['name'], placed: readonly Segment[]): readonly number[] {
  const after = (step: PlannedStep) => placed.filter((segment) => segment.step === step).map(({ right }) => right);
  switch (name) {
    case 'plan':
    case 'rollback':
      return [];
    case 'start':
      return placed.slice(0, 1).map(({ left }) => left);
    case 'window':
      return placed.filter(({ step }) => step === 'deployment').map(({ left }) => left);
    case 'applications':
      return after('preparation');
    case 'tests':
      return after('tests');
    case 'go live':
      return placed.filter(({ step }) => step === 'opening' || step === 'traffic switch').map(({ left }) => left);
  }
}

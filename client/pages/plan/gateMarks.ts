/** The gates of an environment on the picture of its steps. */
import type { ApprovalNeeded } from '../../../domain/plan/plan.js';
import type { PlannedStep } from '../../../domain/plan/plannedStep.js';
import { type Html, html } from '../../../http/html.js';
import { picture } from './axis.js';

/** A step with its place on the axis. */
export interface Segment {
  readonly step: PlannedStep;
  readonly milliseconds: number;
  readonly left: number;
  readonly right: number;
}

/**
 * Gates that are always asked are filled, named, and stand where they hold the run; one that only failures open stands after the step
 * that may fail, one that a closed window opens before the step that would run beyond it. Where marks would cover each other, those
 * that come first stand to the left. `y` is that of their upper corners.
 */
export function gateMarks(gates: readonly ApprovalNeeded[], placed: readonly Segment[], y: number): readonly Html[] {
  const inOrder = gates.flatMap((gate) => gatePlaces(gate.gate, placed).map((x) => ({ gate, x })));
  const always = inOrder.filter(({ gate }) => gate.asked === 'always');
  const others = inOrder.filter(({ gate }) => gate.asked !== 'always');
  const taken: number[] = [];
  const marks = [...always.toReversed(), ...others.toReversed()].map(({ gate, x }) => {
    let free = x;
    while (taken.some((other) => Math.abs(other - free) < gateWidth)) free -= gateWidth;
    taken.push(free);
    return gateMark(gate, free, y);
  });
  const places = [...new Set(always.map(({ x }) => x))];
  return [
    ...places.map((place) =>
      gateNames(
        always.filter(({ x }) => x === place).map(({ gate }) => gate),
        place,
        y,
      ),
    ),
    ...marks,
  ];
}

const gateWidth = 14;

/** About what a letter of a gate's name takes. */
const letter = 5.8;

/** Of the gates at one place. */
function gateNames(gates: readonly ApprovalNeeded[], x: number, y: number): Html {
  const text = gates.map(gateText).join(', ');
  const end = x + text.length * letter > picture.width - picture.right;
  return html`<text class="gate-name${end ? ' end' : ''}" x="${end ? x + 6 : x - 6}" y="${y - 4}">${text}</text>`;
}

function gateText({ gate, people }: ApprovalNeeded): string {
  return people === 1 ? gate : `${gate} (${people})`;
}

function gateMark(gate: ApprovalNeeded, x: number, y: number): Html {
  const name = gate.asked === 'always' ? 'gate' : 'gate open';
  return html`<path class="${name}" d="M${x} ${y} ${gateShapes[gate.asked]}"><title>gate ${gateText(gate)}, ${gate.asked}</title></path>`;
}

const diamond = 'l6 6 l-6 6 l-6 -6 z';

/** From the middle of the upper edge, 12 high. */
export const gateShapes: Readonly<Record<ApprovalNeeded['asked'], string>> = {
  always: diamond,
  'when modules failed or were skipped': diamond,
  'when a check failed': diamond,
  'when the window has closed': 'm0 1 h5 v10 h-10 v-10 z',
};

function gatePlaces(name: ApprovalNeeded['gate'], placed: readonly Segment[]): readonly number[] {
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

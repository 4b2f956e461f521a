/** What a plan decides otherwise than an earlier one of the same environments, in phrases for those who approve it. */

import { windowTexts } from '../calendar/windowText.js';
import { doersTexts } from './doersText.js';
import type { GateDecision } from './gateDecision.js';
import type { EnvironmentDecisions, PlanDecisions } from './plan.js';

/** None: the plans decide the same, or differ in nothing that people are asked about. */
export function planChanges(before: PlanDecisions, now: PlanDecisions): readonly string[] {
  const both = now.order.filter((name) => before.order.includes(name));
  const added = now.order.filter((name) => !both.includes(name));
  const removed = before.order.filter((name) => !both.includes(name));
  return [
    ...differing('to', before.to, now.to),
    ...(added.length > 0 ? [`with ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`without ${removed.join(', ')}`] : []),
    ...differing('order', before.order.filter((name) => both.includes(name)).join(' → '), both.join(' → ')),
    ...differing('gates', gatesText(before.gates), gatesText(now.gates)),
    ...differing('to accept', entriesText(before), entriesText(now)),
    ...now.environments.flatMap((environment) => {
      const earlier = before.environments.find(({ name }) => name === environment.name);
      return earlier ? environmentChanges(earlier, environment) : [];
    }),
  ];
}

type Aspect = readonly [name: string, text: (decisions: EnvironmentDecisions) => string];

/** Everything that is decided of an environment. */
const aspects: readonly Aspect[] = [
  ['from', ({ from }) => from],
  ['strategy', ({ strategy }) => strategy],
  ['applications', ({ applications }) => applications],
  ['steps', ({ steps }) => steps.join(', ')],
  ['windows', ({ windows }) => windowTexts(windows).join(', ')],
  ['freezes', ({ freezes }) => freezes.map(({ from, to, timeZone }) => `${from} to ${to} (${timeZone})`).join(', ')],
  ['front ends', ({ frontEnds }) => frontEnds.join(', ')],
  ['halves', ({ halves }) => halves.map(({ zone, first, second }) => `${zone} ${first} then ${second}`).join(', ')],
  ['controller', ({ controller }) => controller ?? ''],
  ['hosting', ({ hosting }) => hosting],
  ['gates', ({ gates }) => gatesText(gates)],
  ['hot points', ({ hotPoints }) => hotPoints.join(', ')],
  ['tests', ({ tests }) => tests.join(', ')],
  ['done by', (decisions) => doersTexts(decisions).join('; ')],
  ['developers', ({ developers }) => developers.join(', ')],
];

function environmentChanges(before: EnvironmentDecisions, now: EnvironmentDecisions): readonly string[] {
  return aspects.flatMap(([name, text]) => differing(`${now.name} ${name}`, text(before), text(now)));
}

function differing(what: string, before: string, now: string): readonly string[] {
  if (before === now) return [];
  return [`${what} ${now || 'none'} (was ${before || 'none'})`];
}

function gatesText(gates: readonly GateDecision[]): string {
  return gates
    .map(({ name, quorum, excludeRequester, approvers, expiresAfterHours }) =>
      [
        `${name} ${quorum}`,
        ...(excludeRequester ? ['not the requester'] : []),
        ...(approvers ? [`of ${approvers.join(' ')}`] : []),
        ...(expiresAfterHours === undefined ? [] : [`within ${expiresAfterHours} h`]),
      ].join(' '),
    )
    .join(', ');
}

function entriesText({ toHandle }: PlanDecisions): string {
  return toHandle.map(({ entry, acknowledgement }) => (acknowledgement ? `${entry} acknowledged` : entry)).join(', ');
}

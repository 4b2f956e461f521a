/** The upgrade of four environments as it goes from boundary to boundary: what its runs announce, and the people whom it asks. */

import { ids } from '../../contract/ids.js';
import { taskQueueOf } from '../../contract/installation.js';
import { newer } from '../platform/tinyFactory.js';
import { type Announcement, statusNameOf, untilAnnounced } from './announced.js';
import { hasApproved } from './evidence.js';
import { infrastructure } from './factories.js';
import { until } from './until.js';
import type { Uplift } from './uplift.js';

export interface Boundary extends Announcement {
  /** The environment, or the infrastructure, and what is announced. */
  readonly name: string;
  /** Who answers the gate that is announced. */
  readonly people: readonly string[];
}

export const upgradeId = ids.upgradeInfrastructure(infrastructure);

/** All of them, in the order in which a run comes to them. */
export const boundaries: readonly Boundary[] = [
  boundary(infrastructure, 'analysis'),
  boundary(infrastructure, 'gate plan', ['ana', 'rui']),
  ...inPlace('Development'),
  ...inPlace('Testing'),
  ...behindTheDoor('Pre-Production'),
  ...behindTheDoor('Production', 'gate start'),
];

/** From the start to the end; calls `at` as soon as a boundary is announced, before anybody answers there. */
export async function upgradeLifecycle(uplift: Uplift, at: (boundary: Boundary) => Promise<unknown>): Promise<void> {
  await uplift.client.workflow.start('upgradeInfrastructure', {
    workflowId: upgradeId,
    taskQueue: taskQueueOf(uplift.run.installation),
    args: [{ infrastructure, to: newer, requestedBy: 'rita' }],
  });
  for (const next of boundaries) {
    await untilAnnounced(uplift, next, upgradeId);
    await at(next);
    for (const person of next.people) await untilApproved(uplift, next, person);
  }
  await until('the end of the upgrade', async () => (await statusNameOf(uplift, upgradeId)) === 'COMPLETED');
}

/** As people do: whoever does not see the own approval in the evidence sends it again. */
async function untilApproved(uplift: Uplift, { workflowId, text }: Boundary, approver: string): Promise<void> {
  const gate = text.replace('gate ', '');
  await until(`the approval of ${gate} by ${approver}`, async () => {
    await uplift.cli('approve', '--gate', gate, '--as', approver);
    return hasApproved(uplift, workflowId, gate, approver);
  });
}

function inPlace(environment: string): Boundary[] {
  return [
    start(environment),
    ...['snapshot', 'server', 'preparation', 'deployment', 'tests', 'done'].map((step) => boundary(environment, step)),
  ];
}

/** Closed, upgraded, tested, opened by the go live of `environment`, a run of its own. */
function behindTheDoor(environment: string, ...first: readonly string[]): Boundary[] {
  const goLive = ids.goLive(infrastructure, environment);
  const steps = ['closing', 'snapshot', 'server', 'preparation', 'deployment', 'tests', 'gate go live', 'opening'];
  return [
    start(environment),
    ...first.map((text) => boundary(environment, text)),
    ...steps.map((text) => ({ ...boundary(environment, text), workflowId: goLive })),
    boundary(environment, 'done'),
  ];
}

function start(environment: string): Boundary {
  return { ...boundary(infrastructure, `execution of ${environment}`), name: `${environment} start` };
}

function boundary(of: string, text: string, people = text.startsWith('gate ') ? ['ana'] : []): Boundary {
  const workflowId = of === infrastructure ? upgradeId : ids.upgradeEnvironment(infrastructure, of);
  return { name: `${of} ${text}`, workflowId, text, people };
}

/** The server step where no platform is driven: by people, or by a program of the site, which tell what version there is afterwards. */
import { isOn, isVersion } from '../../domain/releases/version.js';
import { recordServer } from '../activities.js';
import { done, type Told } from '../parts/deed.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';

/** Asks only when the server step has failed; no plan decides about it. */
export const serverGate = 'server';

/** The controller has the database models, Service Center and System Components: the three have to agree (SELF-01). */
export async function toldController(run: UpgradeRun, context: StepContext): Promise<void> {
  const { place, plan } = context;
  const release = plan.to;
  const parts = ['server', 'serviceCenter', 'systemComponents'];
  const { by } = await done(run, context, {
    ...{ capability: 'installer', step: 'server', subject: 'controller', gate: serverGate, reason: 'SELF-01' },
    title: `Upgrade the controller of ${place.environment} to ${release}`,
    instructions: [
      `Run the installer of the Platform Server ${release}; reboot where it asks for that`,
      'Run its Configuration Tool: databases, Service Center, System Components',
      'Look in Service Center whether all three are on that version',
    ],
    evidence: [
      version('server', 'Version of the Platform Server'),
      version('serviceCenter', 'Version of Service Center'),
      version('systemComponents', 'Version of the System Components'),
    ],
    values: { frontEnd: plan.controller ?? 'controller' },
    problem: (answer) => wrongVersion(answer, parts, release),
  });
  await record(context, ['server', 'service center', 'system components'], by);
}

export async function toldFrontEnd(run: UpgradeRun, context: StepContext, frontEnd: string): Promise<void> {
  const { place, plan } = context;
  const release = plan.to;
  const { by } = await done(run, context, {
    ...{ capability: 'installer', step: 'server', subject: frontEnd, gate: serverGate, reason: 'SELF-01' },
    title: `Upgrade the front end ${frontEnd} of ${place.environment} to ${release}`,
    instructions: [
      'Bring it the configuration and the keys of the controller',
      `Run the installer of the Platform Server ${release}, then its Configuration Tool; reboot where it asks for that`,
    ],
    evidence: [version('version', 'Which version it says it is on afterwards')],
    values: { frontEnd },
    problem: (answer) => wrongVersion(answer, ['version'], release),
  });
  await record(context, [{ frontEnd }], by);
}

/** Behind a closed door no user is sent there. */
export async function toldTraffic(
  run: UpgradeRun,
  context: StepContext,
  frontEnd: string,
  action: 'out' | 'in',
): Promise<void> {
  if (run.keepsUsersOut()) return;
  const words = {
    out: {
      title: `Take ${frontEnd} out of traffic`,
      instructions: [`Let the balancer send no new request to ${frontEnd}, and wait until none is left there`],
    },
    in: {
      title: `Put ${frontEnd} back into traffic`,
      instructions: [
        `Look whether ${frontEnd} serves ${context.plan.to}, then let the balancer send requests there again`,
      ],
    },
  };
  await done(run, context, {
    ...{ capability: 'traffic', step: 'server', subject: `${frontEnd} ${action}`, gate: serverGate, reason: 'LIVE-03' },
    ...words[action],
    evidence: [],
    values: { frontEnd, action },
  });
}

type Parts = Parameters<typeof recordServer>[0]['parts'];

async function record({ place, plan: { to: release } }: StepContext, parts: Parts, by: string) {
  await recordServer.executeWithOptions({ summary: `on ${release}, as ${by} says` }, [
    { ...place, parts, release, by, now: Date.now() },
  ]);
}

function version(name: string, description: string) {
  return { name, description, kind: 'text', required: true, longest: 40 } as const;
}

/** What was told has to be on the release; a program that tells no version is believed. */
function wrongVersion(told: Told, names: readonly string[], release: string): string | undefined {
  const wrong = names.find((name) => {
    const text = textIn(told, name);
    return text !== undefined && (!isVersion(text) || !isOn(text, release));
  });
  return wrong === undefined ? undefined : `"${wrong}" says ${textIn(told, wrong)}, and ${release} is needed`;
}

function textIn(told: Told, name: string): string | undefined {
  const value = told[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

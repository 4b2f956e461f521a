/** What is left of a plan in an environment, by what the platform says and by evidence of earlier upgrades. Reads only. */
import type { EnvironmentDecisions } from '../domain/plan/plan.js';
import { remaining, withoutServer } from '../domain/plan/remaining.js';
import { isOn } from '../domain/releases/version.js';
import type { Dependencies } from './dependencies.js';
import { endedUpgrades, type Report } from './earlierRuns.js';

/** `says`: what the approvers of a plan read about the environment besides its steps. */
export type Left = { readonly decisions: EnvironmentDecisions; readonly says: readonly string[] } & (
  | { readonly kind: 'everything' }
  /** `decisions` has no server step. */
  | { readonly kind: 'applications' }
  /** `report`: of the upgrade that left nothing to do. */
  | { readonly kind: 'nothing'; readonly report: Report }
);

/** In the order of `plan`. */
export function leftOf(
  dependencies: Dependencies,
  infrastructure: string,
  plan: readonly EnvironmentDecisions[],
): Promise<readonly Left[]> {
  return Promise.all(plan.map((decisions) => leftIn(dependencies, infrastructure, decisions)));
}

export async function leftIn(
  { platform, store }: Dependencies,
  infrastructure: string,
  decisions: EnvironmentDecisions,
): Promise<Left> {
  const { name, to } = decisions;
  const { serverRelease, serviceCenterRelease, systemComponentsRelease, hold } = await platform.inventory.environment({
    infrastructure,
    environment: name,
  });
  const standing = {
    releases: [serverRelease, serviceCenterRelease, systemComponentsRelease],
    held: hold !== null,
    modules: await platform.inventory.modules({ infrastructure, environment: name }),
  };
  const upgrades = await endedUpgrades(store, infrastructure);
  const ended = upgrades.find(({ environment, report }) => environment === name && isOn(report.to, to));
  const left = remaining(decisions, standing, ended);
  if (left.kind === 'everything') return { kind: 'everything', decisions, says: [] };
  if (left.kind === 'nothing' && ended) {
    const says = [`${name} runs ${to} already, with its applications, and was tested: nothing is done there`];
    return { kind: 'nothing', decisions, report: ended.report, says };
  }
  const modules = left.kind === 'applications' ? left.modules : [];
  const what = modules?.length === 0 ? 'its applications are only tested' : modulesText(modules);
  return {
    kind: 'applications',
    decisions: withoutServer(decisions),
    says: [`${name} runs ${to} already: ${what}, and users are not kept out`],
  };
}

function modulesText(left: readonly string[] | null): string {
  return left === null ? 'which of its modules are left is unknown' : `${left.length} of its modules are left`;
}

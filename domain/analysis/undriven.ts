/** What the rules know and Uplift does not drive yet: refused when the plan is made, by name, each with its rule and a way on. */

import type { UpgradePath } from '../releases/upgradePath.js';
import { inRange } from '../releases/version.js';
import type { Analysis } from './analysis.js';
import type { EnvironmentToUpgrade } from './analysisRequest.js';
import type { Refusal } from './findings.js';
import type { LifeTimeDecision } from './lifeTime.js';

/** Every reason at once. `environments`: those that take part. */
export function undrivenRefusals(
  environments: readonly EnvironmentToUpgrade[],
  { environments: analysed, lifeTime, to }: Analysis,
): readonly Refusal[] {
  const parts = environments.flatMap((toUpgrade) => {
    const path = analysed.find(({ name }) => name === toUpgrade.environment.name)?.path;
    return path && path.kind !== 'refused' ? [{ toUpgrade, path }] : [];
  });
  return [
    ...lifeTimeRefusals(
      parts.map(({ path }) => path),
      lifeTime,
    ),
    ...parts.flatMap(({ toUpgrade, path }) => [
      ...cloudRefusals(toUpgrade),
      ...togetherRefusals(toUpgrade, path),
      ...wholeEnvironmentRefusals(toUpgrade, path, to),
      ...zeroDowntimeRefusals(toUpgrade, path),
    ]),
  ];
}

/** COMP-02: coming from 10 or older, LifeTime is on its newest release before any environment is touched. */
function lifeTimeRefusals(paths: readonly UpgradePath[], lifeTime: LifeTimeDecision): readonly Refusal[] {
  if (!paths.some((path) => path.kind === 'upgrade' && path.lifeTime === 'required first')) return [];
  const refusal = { rule: 'COMP-02', environment: null, code: 'LIFETIME_BEHIND' } as const;
  switch (lifeTime.kind) {
    case 'newest':
    case 'left out': // refused by the analysis
      return [];
    case 'not described':
      return [
        {
          ...refusal,
          reason:
            'Coming from 10 or older, LifeTime is upgraded before any environment, and uplift.yaml does not say which release it is on',
          next: 'write its release under lifeTime, then plan again',
        },
      ];
    case 'upgrade first':
      return [
        {
          ...refusal,
          reason: `Coming from 10 or older, LifeTime is upgraded to ${lifeTime.to} before any environment; it is on ${lifeTime.from}, and Uplift does not upgrade it`,
          next: `upgrade LifeTime to ${lifeTime.to} yourselves, write that release under lifeTime in uplift.yaml, then plan again`,
        },
      ];
  }
}

/** CLOUD-01, CLOUD-04: there the vendor upgrades the server, at a support request that Uplift does not write. */
function cloudRefusals({ environment: { name, hosting } }: EnvironmentToUpgrade): readonly Refusal[] {
  if (hosting !== 'cloud') return [];
  return [
    {
      rule: 'CLOUD-01',
      environment: name,
      code: 'PATH_UNSUPPORTED',
      reason: `${name} is hosted in the vendor's Cloud: the vendor upgrades its server, and Uplift neither asks for that nor waits for it`,
      next: 'open a support request with the vendor; uplift upgrade --environment upgrades those that you run yourselves, one by one',
    },
  ];
}

/** VER-11: 10 and older have LifeTime and every environment as one product, also on the way to 11. */
function togetherRefusals(
  { environment: { name }, from }: EnvironmentToUpgrade,
  path: UpgradePath,
): readonly Refusal[] {
  if (path.kind !== 'upgrade' || (path.lifeTime !== 'together' && path.through === null)) return [];
  return [
    {
      rule: 'VER-11',
      environment: name,
      code: 'PATH_UNSUPPORTED',
      reason: `From ${from}, LifeTime and every environment come to ${path.through ?? 10} together, as one product, which Uplift does not drive`,
      next: 'bring LifeTime and all environments to 10 as the vendor describes it, then plan the upgrade to 11',
    },
  ];
}

/** VER-03, VER-04, VER-05 */
function wholeEnvironmentRefusals(
  { environment: { name } }: EnvironmentToUpgrade,
  { preparation, rules }: Exclude<UpgradePath, { readonly kind: 'refused' }>,
  to: string,
): readonly Refusal[] {
  if (preparation.kind !== 'whole environment') return [];
  const rule = rules.find((one) => ['VER-03', 'VER-04', 'VER-05'].includes(one)) ?? 'VER-04';
  return [
    {
      rule,
      environment: name,
      code: 'PATH_UNSUPPORTED',
      reason: `${to} prepares with all of ${name} locked, which Uplift does not drive${whatWouldTell(to)}`,
      next: 'choose 11.17.0 or later',
    },
  ];
}

/** Facts by which the release would go another way, and that nothing tells Uplift. */
function whatWouldTell(to: string): string {
  if (inRange(to, '11.12.0', '11.13.2')) return '; it cannot know whether the platform database is Oracle';
  if (inRange(to, '11.15.0', '11.17.0')) return '; it cannot know whether progressive preparation is switched on there';
  return '';
}

/** LIVE-03; where the server runs the target already nothing is switched (VER-10). */
function zeroDowntimeRefusals(
  { environment: { name, strategy } }: EnvironmentToUpgrade,
  { kind }: UpgradePath,
): readonly Refusal[] {
  if (strategy.kind !== 'zero downtime' || kind !== 'upgrade') return [];
  return [
    {
      rule: 'LIVE-03',
      environment: name,
      code: 'PATH_UNSUPPORTED',
      reason: `${name} asks for a go live without downtime, which Uplift does not drive`,
      next: 'choose the strategy downtime for it in uplift.yaml',
    },
  ];
}

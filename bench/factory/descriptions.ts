/** The files of a generated factory that describe it to the platform. */
import type { ModulePlan } from './modulePlan.js';

/** The package.json of a module that uses these system components. */
export function packageOf(plan: ModulePlan, components: readonly string[]): object {
  return {
    name: plan.name,
    version: plan.version,
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(plan.producers.map(({ name, version }) => [name, `^${version}`])),
      ...Object.fromEntries(components.map((component) => [component, '*'])),
    },
    uplift: { application: plan.application, kind: plan.kind },
  };
}

/** uplift.yaml: one Development, and the lists of the last modules as hot points, which reach most of the others. */
export function infrastructure(plans: readonly ModulePlan[]): string {
  const hotPoints = plans.slice(-5).map(({ folder, entity }) => `  - /${folder}/${entity}List\n`);
  return `infrastructure: generated
environments:
  - name: Development
    stage: development
    release: 11.18.1
    zones:
      - name: Main
        frontEnds: [fe-1, fe-2]
hotPoints:
${hotPoints.join('')}`;
}

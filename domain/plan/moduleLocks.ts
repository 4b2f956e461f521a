/** Which modules cannot be published, configured or deleted, and when (PREP-04, PREP-05, DEP-03). */

import type { ApplicationsWay } from '../infrastructure/infrastructure.js';
import type { UpgradePath } from '../releases/upgradePath.js';
import type { PlannedStep } from './plannedStep.js';

export interface ModuleLock {
  /** While this step runs. */
  readonly during: Extract<PlannedStep, 'preparation' | 'deployment'>;
  /** Completes "Locked are …". */
  readonly modules: string;
}

/** The way of the applications is planned; the path says how their preparation locks. */
export function moduleLocks(path: UpgradePath, applications: ApplicationsWay): readonly ModuleLock[] {
  const preparation: ModuleLock = { during: 'preparation', modules: preparationLocks(path, applications) };
  switch (applications) {
    case 'gradual':
      return [preparation];
    case 'deploy all':
      return [preparation, { during: 'deployment', modules: 'the modules that are being deployed, each while it is' }];
    case 'publish all':
      return [
        preparation,
        { during: 'deployment', modules: 'all modules of the solution, until it has been published' },
      ];
  }
}

function preparationLocks(path: UpgradePath, applications: ApplicationsWay): string {
  if (applications === 'publish all') return 'the modules of the solution that are being compiled';
  const wholeEnvironment = path.kind !== 'refused' && path.preparation.kind === 'whole environment';
  return wholeEnvironment
    ? 'all modules of the environment, until the preparation has ended'
    : 'the modules of the groups in progress, each group for as long as it is compiled';
}

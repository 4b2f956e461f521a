/**
 * What Uplift needs of a platform, by capability. An adapter offers those it has; what one cannot do becomes a manual task.
 *
 * Every effect is idempotent by the key its parameters name, and carries the token it was claimed under: an effect under a token
 * that is no longer the newest is refused (`FENCED`) and counted.
 */
import type { Checks } from './checks.js';
import type { DrivenDeployment } from './deployment.js';
import type { Inventory } from './inventory.js';
import type { Maintenance } from './maintenance.js';
import type { DrivenPreparation } from './preparation.js';
import type { Publishing } from './publishing.js';
import type { ServerUpgrade } from './server.js';
import type { Snapshots } from './snapshots.js';

export interface Platform {
  readonly inventory: Inventory;
  readonly server: ServerUpgrade;
  readonly preparation: DrivenPreparation;
  readonly deployment: DrivenDeployment;
  readonly publishing: Publishing;
  readonly checks: Checks;
  readonly maintenance: Maintenance;
  readonly snapshots: Snapshots;
}

/**
 * What Uplift needs of a platform, by capability. Who does a capability in an environment is decided in its plan (`Providers`): people, or
 * a platform that is driven piece by piece, which offers all of `Driven`.
 *
 * Every effect is idempotent by the key its parameters name, and carries the token it was claimed under: an effect under a token
 * that is no longer the newest is refused (`FENCED`) and counted.
 */
import type { Place } from '../domain/infrastructure/place.js';
import type { Checks } from './checks.js';
import type { DrivenDeployment } from './deployment.js';
import type { Door } from './door.js';
import type { Fence } from './fence.js';
import type { Installer } from './installer.js';
import type { Inventory } from './inventory.js';
import type { Pages } from './pages.js';
import type { DrivenPreparation } from './preparation.js';
import type { Publishing } from './publishing.js';
import type { Snapshots } from './snapshots.js';
import type { Traffic } from './traffic.js';

/** Every environment of an installation, whoever does what there. */
export interface Platform {
  readonly inventory: Inventory;
  readonly pages: Pages;
  /** Null: the environment is only described, and what is done there is done by people and programs of the site. */
  driven(place: Place): Promise<Driven | null>;
}

/** A platform that is driven piece by piece. */
export interface Driven {
  readonly fence: Fence;
  readonly installer: Installer;
  readonly traffic: Traffic;
  readonly door: Door;
  readonly preparation: DrivenPreparation;
  readonly deployment: DrivenDeployment;
  readonly publishing: Publishing;
  readonly checks: Checks;
  readonly snapshots: Snapshots;
}

/** What the embedded platform says of itself: the facts of the port, with nothing unknown. */
import type { Place } from '../../domain/infrastructure/place.js';
import type { ModuleState } from '../../domain/modules/module.js';
import type { EnvironmentFacts, FrontEndFacts, Inventory, ModuleFacts, Traffic } from '../../port/inventory.js';

export interface EmbeddedInventory extends Omit<Inventory, 'modules'> {
  environment(place: Place): Promise<EmbeddedEnvironment>;
  environments(infrastructure?: string): Promise<readonly EmbeddedEnvironment[]>;
  modules(place: Pick<Place, 'environment'>): Promise<readonly EmbeddedModule[]>;
}

export interface EmbeddedEnvironment extends EnvironmentFacts {
  readonly known: { readonly kind: 'observed' };
  readonly serviceCenterRelease: string;
  readonly systemComponentsRelease: string;
  readonly frontEnds: readonly EmbeddedFrontEnd[];
  readonly applicationsUrl: string;
  readonly serviceCenterUrl: string;
}

export interface EmbeddedFrontEnd extends FrontEndFacts {
  readonly url: string;
  readonly traffic: Traffic;
  readonly wanted: { readonly release: string; readonly traffic: Traffic };
}

/** Nobody owns a module there: `ownerTeam` is null. */
export interface EmbeddedModule extends ModuleFacts {
  readonly known: { readonly kind: 'observed' };
  readonly application: string;
  readonly kind: string;
  readonly version: string;
  readonly state: ModuleState;
  readonly upToDate: boolean;
  readonly publishable: boolean;
}

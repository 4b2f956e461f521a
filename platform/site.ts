/** The platform of an installation: what is embedded in its data folder, and sites that are only described, each by its infrastructure. */
import { UpliftError } from '../domain/errors.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Inventory } from '../port/inventory.js';
import type { Pages } from '../port/pages.js';
import type { Platform } from '../port/platform.js';
import { describedNames } from '../store/describedInfrastructures.js';
import { readHold } from '../store/holds.js';
import type { Store } from '../store/store.js';
import { describedInventory } from './described/inventory.js';
import type { EmbeddedContext } from './embedded/context.js';
import { embeddedPlatform } from './embedded/platform.js';
import { entryHeaders } from './http/entry.js';
import { hotPoints } from './http/hotPoints.js';

export function sitePlatform(context: EmbeddedContext, store: Store): Platform {
  const embedded = embeddedPlatform(context);
  const isDescribed = async (infrastructure: string) => (await describedNames(store)).includes(infrastructure);
  const inventoryOf = async (infrastructure: string) =>
    (await isDescribed(infrastructure)) ? describedOf(store, infrastructure) : embedded.inventory;
  const inventory: Inventory = {
    infrastructure: async (name) => (await inventoryOf(name)).infrastructure(name),
    environment: async (place) => (await inventoryOf(place.infrastructure)).environment(place),
    environments: async (infrastructure) => {
      if (infrastructure !== undefined) return (await inventoryOf(infrastructure)).environments(infrastructure);
      const all = [embedded.inventory, ...(await describedNames(store)).map((name) => describedOf(store, name))];
      return (await Promise.all(all.map((one) => one.environments()))).flat();
    },
    modules: async (place) => (await inventoryOf(place.infrastructure)).modules(place),
    releases: async (infrastructure) => (await inventoryOf(infrastructure)).releases(infrastructure),
  };
  return {
    inventory,
    pages: describedPages(inventory),
    driven: async (place) => ((await isDescribed(place.infrastructure)) ? null : embedded.driven(place)),
  };
}

export function describedOf(store: Store, infrastructure: string): Inventory {
  return describedInventory({
    ...{ store, infrastructure },
    // No file tells whether users are kept out.
    standingOf: async (environment) => ({ hold: await readHold(store, { infrastructure, environment }), door: null }),
  });
}

function describedPages(inventory: Inventory): Pages {
  return {
    hotPoints: async (place, paths, signal) => {
      const { address, checks } = await environmentAt(inventory, place);
      return hotPoints({ address, headers: await entryHeaders(checks.entry) }, paths, signal);
    },
  };
}

async function environmentAt(inventory: Inventory, { infrastructure, environment }: Place) {
  const { environments } = await inventory.infrastructure(infrastructure);
  const found = environments.find(({ name }) => name === environment);
  if (found?.address !== undefined) return { ...found, address: found.address };
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what: `${environment} of ${infrastructure} has no address, so that its pages cannot be asked for`,
    next: 'write its address in uplift.yaml',
  });
}

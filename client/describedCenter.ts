/** What is known of an environment that is only described, as its Service Center would say it: read from the store of the data folder. */
import { UpliftError } from '../domain/errors.js';
import type { Place } from '../domain/infrastructure/place.js';
import { describedOf } from '../platform/site.js';
import { pauseEverything, pauseOfEverything, resumeEverything } from '../store/pause.js';
import { openStore, type Store } from '../store/store.js';
import type { ServiceCenter } from './serviceCenter.js';

export function describedCenter(place: Place, dataFolder: string): ServiceCenter {
  const { infrastructure, environment } = place;
  const withStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
    const store = openStore(dataFolder);
    try {
      return await work(store);
    } finally {
      await store.destroy();
    }
  };
  const modules = () => withStore((store) => describedOf(store, infrastructure).modules(place));
  return {
    environment,
    url: null,
    facts: () => withStore((store) => describedOf(store, infrastructure).environment(place)),
    modules,
    module: async (name) => {
      const found = (await modules())?.find((module) => module.name === name);
      if (found) return { ...found, producers: [], consumers: [] };
      throw new UpliftError('MODULE_UNKNOWN', {
        what: `${environment} has no module ${name} in its list`,
        next: 'uplift import --modules FILE',
      });
    },
    // What people and programs do there is told by tasks and reports.
    executions: async () => [],
    preparation: async () => Promise.reject(notDriven(environment)),
    deployment: async () => Promise.reject(notDriven(environment)),
    upload: async () => Promise.reject(notDriven(environment)),
    pause: () => withStore(async (store) => ({ paused: await pauseOfEverything(store) })),
    pauseEverything: ({ user, reason }) => withStore((store) => pauseEverything(store, user, reason)),
    resumeEverything: () => withStore((store) => resumeEverything(store)),
  };
}

function notDriven(environment: string): UpliftError {
  return new UpliftError('NOT_DRIVEN', {
    what: `${environment} is only described: nothing here can do that by itself`,
    next: 'do it there; uplift tasks shows what an upgrade waits for',
  });
}

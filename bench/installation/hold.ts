/** Holding an environment as its upgrade does. */
import { takeEnvironment } from '../../activities/driven.js';
import type { Place } from '../../domain/infrastructure/place.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { embeddedPlatform } from '../../platform/embedded/platform.js';
import type { Hold } from '../../port/hold.js';
import { openStore } from '../../store/store.js';

export async function holdForUpgrade(context: EmbeddedContext, place: Place, release: string): Promise<Hold> {
  const store = openStore(context.dataFolder);
  try {
    const request = { ...place, operation: 'upgrade', workflow: 'benchmark', release } as const;
    return await takeEnvironment({ platform: embeddedPlatform(context), store }, request);
  } finally {
    await store.destroy();
  }
}

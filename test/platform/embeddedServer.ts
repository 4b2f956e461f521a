/** The server of an embedded environment as the steps of an upgrade meet it: held under tokens of the store, front ends out of traffic. */
import { letEnvironmentGo, takeEnvironment } from '../../activities/driven.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { embeddedDriven, embeddedPlatform } from '../../platform/embedded/platform.js';
import type { Hold } from '../../port/hold.js';
import type { Progress } from '../../port/progress.js';
import { openStore } from '../../store/store.js';

interface Environment {
  readonly environment: string;
}

export function embeddedServer(context: EmbeddedContext) {
  const { fence, installer, traffic } = embeddedDriven(context);

  return {
    hold: (request: Environment & Pick<Hold, 'operation' | 'workflow' | 'release'>): Promise<Hold> =>
      withStore(async (dependencies) => takeEnvironment(dependencies, { ...request, ...(await placeOf(request)) })),
    release: (request: Environment & { token: number }): Promise<void> =>
      withStore(async (dependencies) => letEnvironmentGo(dependencies, { ...request, ...(await placeOf(request)) })),
    seal: fence.seal,
    install: installer.install,
    returnToTraffic: traffic.letBack,
    async installFrontEnd(
      request: Environment & { frontEnd: string; release: string; token: number },
      progress: Progress,
    ): Promise<void> {
      await traffic.takeOut(request, progress);
      await installer.installFrontEnd(request, progress);
      await traffic.putBack(request, progress);
    },
  };

  async function placeOf({ environment }: Environment) {
    const { infrastructure } = await context.database
      .selectFrom('environments')
      .select('infrastructure')
      .where('name', '=', environment)
      .executeTakeFirstOrThrow();
    return { infrastructure, environment };
  }

  async function withStore<T>(work: (dependencies: Parameters<typeof takeEnvironment>[0]) => Promise<T>): Promise<T> {
    const store = openStore(context.dataFolder);
    try {
      return await work({ store, platform: embeddedPlatform(context) });
    } finally {
      await store.destroy();
    }
  }
}

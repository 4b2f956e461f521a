/** A worker that can be stopped in the middle of its work, as a process is by SIGSTOP: it knows nothing of it and goes on later. */
import type { KyselyPlugin } from 'kysely';
import { onTestFinished } from 'vitest';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { openPlatformDatabase, type PlatformDatabase } from '../../platform/embedded/database.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { quiet, type TinyEnvironment } from './tinyFactory.js';

export interface Stoppable {
  /** With a connection of its own, and leases that it would never have to renew. */
  readonly context: EmbeddedContext;
  /** From now on no result of the database reaches it. */
  stop(): void;
  /** Resolves once it waits for a result. */
  readonly waiting: Promise<void>;
  goOn(): void;
}

export function stoppable({ dataFolder, settings }: EmbeddedContext): Stoppable {
  let gate: Promise<void> | undefined;
  let open = () => {};
  let tellWaiting = () => {};
  const waiting = new Promise<void>((resolve) => {
    tellWaiting = resolve;
  });
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (gate) tellWaiting();
      await gate;
      return result;
    },
  };
  const own = openPlatformDatabase(dataFolder);
  onTestFinished(() => own.destroy());
  return {
    context: { database: own.withPlugin(plugin), dataFolder, settings: { ...settings, lease: 3_600_000 } },
    stop() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    waiting,
    goOn() {
      gate = undefined;
      open();
    },
  };
}

/** Stopped while it prepares a group, whose locks it holds; `turn` resolves once it goes on. */
export async function stoppedInAGroup({ context, environment }: TinyEnvironment) {
  const worker = stoppable(context);
  const preparation = embeddedPreparation(worker.context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  const turn = preparation.prepareNextGroup(
    { preparation: id, claimedBy: 'lane' },
    { ...quiet, heartbeat: worker.stop },
  );
  await worker.waiting;
  return { worker, turn };
}

/** Time passes: whoever holds a lock or more now has not renewed them. */
export async function endLeases(database: PlatformDatabase): Promise<void> {
  await database.updateTable('locks').set({ lease_until: 0 }).execute();
}

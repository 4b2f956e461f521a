/** A whole Uplift with a generated factory, on free ports and in a temporary folder: started, brought to the new release, removed. */

import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { type Up, up } from '../../client/local/up.js';
import { taskQueueOf } from '../../contract/installation.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { embeddedDriven, openEmbeddedContext } from '../../platform/embedded/platform.js';
import { generateFactory } from '../generateFactory.js';
import { freeFirstPort } from './freePorts.js';
import { holdForUpgrade } from './hold.js';

export interface Installation {
  /** Everything below it goes with it. */
  readonly folder: string;
  readonly factory: string;
  readonly infrastructure: string;
  readonly environment: string;
  readonly taskQueue: string;
  readonly client: Up['client'];
  readonly context: EmbeddedContext;
}

/** The release that generated factories are upgraded to. */
export const newRelease = '11.41.0';

/** Runs `work` in a folder that is gone afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), 'uplift-bench-'));
  try {
    return await work(folder);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** A layered factory of seed 1 in which nothing breaks. */
export function measuredFactory(folder: string, modules: number): string {
  const out = path.join(folder, 'factory');
  generateFactory({ out, modules, seed: 1, breakShare: 0, graph: 'layered' });
  return out;
}

/** Runs `work` beside everything `uplift up` starts, the environment's server upgraded and no module prepared yet. */
export function withUpgradedServer<T>(
  { modules, say }: { readonly modules: number; readonly say: (line: string) => void },
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const factory = measuredFactory(folder, modules);
    const dataFolder = path.join(folder, 'data');
    say(`${modules} modules: import, first publish, start`);
    const log = pino({ level: 'silent' });
    const running = await up({
      dataFolder,
      factory,
      firstPort: await freeFirstPort(),
      say: () => undefined,
      mayReplace: async () => true,
      log,
    });
    const context = openEmbeddedContext(dataFolder);
    try {
      const { infrastructure, environments } = running.run;
      const environment = environments[0]?.name ?? '';
      await installServer(context, infrastructure, environment);
      const taskQueue = taskQueueOf(running.run.installation);
      return await work({ folder, factory, infrastructure, environment, taskQueue, client: running.client, context });
    } finally {
      await context.database.destroy();
      await running.stop();
    }
  });
}

/** The server step of an upgrade, as its workflow does it, one front end after the other. */
async function installServer(context: EmbeddedContext, infrastructure: string, environment: string): Promise<void> {
  const { fence, installer, traffic } = embeddedDriven(context);
  const progress = { signal: AbortSignal.timeout(120_000), heartbeat: () => undefined };
  const hold = await holdForUpgrade(context, { infrastructure, environment }, newRelease);
  const target = { environment, release: newRelease, token: hold.token };
  const { frontEnds } = await embeddedInventory(context).environment({ infrastructure, environment });
  for (const { name } of frontEnds) {
    const request = { ...target, frontEnd: name };
    await traffic.takeOut(request, progress);
    await installer.installFrontEnd(request, progress);
    await traffic.putBack(request, progress);
  }
  for (const part of ['server', 'service center', 'system components'] as const) {
    await installer.install({ ...target, part }, progress);
  }
  await fence.lower({ environment, token: hold.token });
}

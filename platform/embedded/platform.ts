/** The embedded platform, as the port describes it. */
import type { Checks } from '../../port/checks.js';
import type { Driven, Platform } from '../../port/platform.js';
import { hotPoints } from './checks.js';
import { defaultSettings, type EmbeddedContext, type EmbeddedSettings } from './context.js';
import { openPlatformDatabase } from './database.js';
import { deployedDigest } from './deployment/deployedDigest.js';
import { embeddedDeployment } from './deployment/deployment.js';
import { embeddedDoor } from './door.js';
import { embeddedFence } from './fence.js';
import { embeddedInstaller } from './installer.js';
import { embeddedInventory } from './inventory.js';
import { newErrors } from './newErrors.js';
import type { Own } from './own.js';
import { embeddedPreparation } from './preparation/preparation.js';
import { publishingThrough } from './publishing/serviceCenterClient.js';
import { embeddedSnapshots } from './snapshots/snapshots.js';
import { embeddedTraffic } from './traffic.js';

export function openEmbeddedContext(dataFolder: string, settings: Partial<EmbeddedSettings> = {}): EmbeddedContext {
  return { database: openPlatformDatabase(dataFolder), dataFolder, settings: { ...defaultSettings, ...settings } };
}

/** What a data folder with a factory offers; its environments have names of their own. */
export function embeddedPlatform(context: EmbeddedContext): Platform {
  const driven = embeddedDriven(context);
  return {
    inventory: embeddedInventory(context),
    pages: { hotPoints: driven.checks.hotPoints },
    driven: async () => driven,
  };
}

export function embeddedDriven(context: EmbeddedContext) {
  const inventory = embeddedInventory(context);
  const serviceCenterUrl = async (environment: string) => {
    const all = await inventory.environments();
    return all.find(({ name }) => name === environment)?.serviceCenterUrl ?? '';
  };
  const checks: Own<Checks> = {
    deployed: ({ environment }) => deployedDigest(context.database, environment),
    hotPoints: ({ environment }, paths, signal) => hotPoints(context.database, environment, paths, signal),
    newErrors: ({ environment }, since) => newErrors(context, environment, since),
  };
  return {
    fence: embeddedFence(context),
    installer: embeddedInstaller(context),
    traffic: embeddedTraffic(context),
    door: embeddedDoor(context),
    preparation: embeddedPreparation(context),
    deployment: embeddedDeployment(context),
    publishing: publishingThrough(serviceCenterUrl),
    checks,
    snapshots: embeddedSnapshots(context),
  } satisfies Driven;
}

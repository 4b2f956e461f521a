/** The embedded platform, as the port describes it. */
import type { Platform } from '../../port/platform.js';
import { hotPoints } from './checks.js';
import { defaultSettings, type EmbeddedContext, type EmbeddedSettings } from './context.js';
import { openPlatformDatabase } from './database.js';
import { deployedDigest } from './deployment/deployedDigest.js';
import { embeddedDeployment } from './deployment/deployment.js';
import { embeddedInventory } from './inventory.js';
import { embeddedMaintenance } from './maintenance.js';
import { newErrors } from './newErrors.js';
import { embeddedPreparation } from './preparation/preparation.js';
import { publishingThrough } from './publishing/serviceCenterClient.js';
import { embeddedServer } from './server.js';
import { embeddedSnapshots } from './snapshots/snapshots.js';

export function openEmbeddedContext(dataFolder: string, settings: Partial<EmbeddedSettings> = {}): EmbeddedContext {
  return { database: openPlatformDatabase(dataFolder), dataFolder, settings: { ...defaultSettings, ...settings } };
}

export function embeddedPlatform(context: EmbeddedContext): Platform {
  const inventory = embeddedInventory(context);
  const serviceCenterUrl = async (environment: string) => {
    const all = await inventory.environments();
    return all.find(({ name }) => name === environment)?.serviceCenterUrl ?? '';
  };
  return {
    inventory,
    server: embeddedServer(context),
    preparation: embeddedPreparation(context),
    deployment: embeddedDeployment(context),
    publishing: publishingThrough(serviceCenterUrl),
    checks: {
      deployed: (environment) => deployedDigest(context.database, environment),
      hotPoints: (environment, paths, signal) => hotPoints(context.database, environment, paths, signal),
      newErrors: (environment, since) => newErrors(context, environment, since),
    },
    maintenance: embeddedMaintenance(context),
    snapshots: embeddedSnapshots(context),
  };
}

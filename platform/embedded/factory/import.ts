/** Importing a factory into the data folder: releases, environments, modules. A second import changes nothing. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { besideName, makeFolder, publishFolder } from '../../../database/disk.js';
import { writing } from '../../../database/fullDisk.js';
import { loadRelease } from '../compile/release.js';
import { packSource } from '../compile/sources.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { releaseDigest } from '../ensureRelease.js';
import { layout } from '../layout.js';
import type { Factory } from './folder.js';
import type { FactoryModule } from './module.js';

/** Ports for the processes of the environment at `position`: balancer, Service Center, then its front ends. */
export type PortsOf = (position: number) => {
  readonly balancer: number;
  readonly serviceCenter: number;
  readonly frontEnds: number;
};

/** Throws `DISK_FULL`: nothing is imported then. */
export async function importFactory(context: EmbeddedContext, factory: Factory, ports: PortsOf): Promise<void> {
  const { database, dataFolder } = context;
  const imported = await database.selectFrom('infrastructures').select('name').executeTakeFirst();
  if (imported) return;
  for (const version of factory.releases) {
    const folder = layout.release(dataFolder, version);
    await writing(`Release ${version}`, folder, () => importRelease(folder, factory, version));
  }
  const releases = await Promise.all(factory.releases.map((version) => loadRelease(dataFolder, version)));
  for (const { name } of factory.infrastructure.environments) {
    const folder = path.dirname(layout.applicationDatabase(dataFolder, name));
    await writing(`The folder of ${name}`, folder, () => makeFolder(folder));
  }
  await inTransaction(database, async (transaction) => {
    await transaction
      .insertInto('infrastructures')
      .values({
        name: factory.infrastructure.infrastructure,
        folder: path.resolve(factory.folder),
        described: JSON.stringify(factory.infrastructure),
      })
      .execute();
    for (const { version, folder, typesDigest, codeDigest, compiler } of releases) {
      await transaction
        .insertInto('releases')
        .values({
          version,
          digest: `${typesDigest} ${codeDigest}`,
          folder_digest: await releaseDigest(folder),
          compiler: compiler.version,
        })
        .execute();
    }
    for (const position of factory.infrastructure.environments.keys())
      await insertEnvironment(transaction, factory, position, ports);
  });
}

/** Complete or not at all; what an interrupted import has left is replaced. */
async function importRelease(folder: string, { folder: factory }: Factory, version: string): Promise<void> {
  const making = besideName(folder);
  await fs.rm(folder, { recursive: true, force: true });
  await makeFolder(path.dirname(folder));
  try {
    await fs.cp(path.join(factory, 'releases', version), making, { recursive: true, dereference: true });
    await publishFolder(making, folder);
  } finally {
    await fs.rm(making, { recursive: true, force: true });
  }
}

async function insertEnvironment(
  transaction: PlatformTransaction,
  { infrastructure, modules }: Factory,
  position: number,
  ports: PortsOf,
): Promise<void> {
  const environment = infrastructure.environments[position];
  if (!environment) return;
  const { name, stage, release, zones } = environment;
  const { balancer, serviceCenter, frontEnds } = ports(position);
  await transaction
    .insertInto('environments')
    .values({
      name,
      infrastructure: infrastructure.infrastructure,
      stage,
      position,
      server_release: release,
      service_center_release: release,
      system_components_release: release,
      balancer_port: balancer,
      service_center_port: serviceCenter,
    })
    .execute();
  await transaction
    .insertInto('zones')
    .values(zones.map((zone) => ({ environment: name, name: zone.name })))
    .execute();
  const fronts = zones.flatMap((zone) => zone.frontEnds.map((frontEnd) => ({ zone: zone.name, frontEnd })));
  await transaction
    .insertInto('front_ends')
    .values(
      fronts.map(({ zone, frontEnd }, index) => ({
        name: frontEnd,
        environment: name,
        zone,
        port: frontEnds + index,
        wanted_release: release,
        wanted_traffic: 'serving' as const,
        observed_traffic: 'drained' as const,
      })),
    )
    .execute();
  for (const module of modules) await insertModule(transaction, name, module);
}

async function insertModule(
  transaction: PlatformTransaction,
  environment: string,
  module: FactoryModule,
): Promise<void> {
  const { digest, blob, bytes } = packSource(module.files);
  await transaction
    .insertInto('sources')
    .values({ digest, files: blob })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction
    .insertInto('modules')
    .values({
      environment,
      name: module.name,
      application: module.application,
      kind: module.kind,
      version: module.version,
      uploaded_source: digest,
      state: module.published ? 'pending' : 'not applicable',
      cost: bytes,
      ...(module.published ? { published_source: digest, published_at: nowText } : {}),
    })
    .execute();
  if (module.producers.length === 0) return;
  await transaction
    .insertInto('module_references')
    .values(module.producers.map((producer) => ({ environment, consumer: module.name, producer })))
    .execute();
}

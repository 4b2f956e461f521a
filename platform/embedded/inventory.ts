/** What exists in the embedded platform and how it stands, for activities, Service Center and people. */

import { UpliftError } from '../../domain/errors.js';
import type { Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import { parseDiagnostics } from '../../domain/modules/diagnostics.js';
import type { ModuleName, SkipCause } from '../../domain/modules/module.js';
import { compareVersions } from '../../domain/releases/version.js';
import { readInfrastructure } from '../../store/infrastructureFile.js';
import type { EmbeddedContext } from './context.js';
import type { PlatformDatabase } from './database.js';
import { releaseOf } from './deployment/deployable.js';
import type { EmbeddedEnvironment, EmbeddedInventory, EmbeddedModule } from './facts.js';
import { asHold } from './fence.js';
import { type PlannedInstance, plannedInstances } from './instances.js';
import { heldLocks, shownLock } from './locks.js';
import { type FactoryModules, readModules } from './moduleGraph.js';
import { candidatesFor, withCandidates } from './publishing/candidate.js';
import type { ModuleRow } from './schema.js';

export function embeddedInventory(context: EmbeddedContext): EmbeddedInventory {
  const { database } = context;
  return {
    infrastructure: (name) => readDescribed(database, name),
    environments: (infrastructure) => readEnvironments(database, infrastructure),
    environment: async ({ infrastructure, environment }) => {
      await assertInfrastructure(database, infrastructure);
      const all = await readEnvironments(database, infrastructure);
      const found = all.find(({ name }) => name === environment);
      if (found) return found;
      throw new UpliftError('ENVIRONMENT_UNKNOWN', {
        what: `${infrastructure} has no environment ${environment}; it has ${all.map(({ name }) => name).join(', ')}`,
        next: 'uplift status',
      });
    },
    modules: ({ environment }) => readModuleFacts(context, environment),
    releases: async () => {
      const rows = await database.selectFrom('releases').select('version').execute();
      return rows.map(({ version }) => version).sort(compareVersions);
    },
  };
}

async function readDescribed(database: PlatformDatabase, infrastructure: string): Promise<Infrastructure> {
  await assertInfrastructure(database, infrastructure);
  const { folder, described } = await database
    .selectFrom('infrastructures')
    .select(['folder', 'described'])
    .where('name', '=', infrastructure)
    .executeTakeFirstOrThrow();
  return (await readInfrastructure(folder)) ?? (JSON.parse(described) as Infrastructure);
}

async function assertInfrastructure(database: PlatformDatabase, infrastructure: string): Promise<void> {
  const known = await database.selectFrom('infrastructures').select('name').execute();
  if (known.some(({ name }) => name === infrastructure)) return;
  throw new UpliftError('INFRASTRUCTURE_UNKNOWN', {
    what: `There is no infrastructure ${infrastructure} here; there is ${known.map(({ name }) => name).join(', ') || 'none yet'}`,
    next: 'uplift status',
  });
}

async function readEnvironments(
  database: PlatformDatabase,
  infrastructure?: string,
): Promise<readonly EmbeddedEnvironment[]> {
  const all = await database.selectFrom('environments').selectAll().orderBy('position').execute();
  const rows = all.filter((row) => infrastructure === undefined || row.infrastructure === infrastructure);
  const frontEnds = await database.selectFrom('front_ends').selectAll().orderBy('name').execute();
  const holds = await database.selectFrom('holds').selectAll().execute();
  return rows.map((row) => {
    const hold = holds.find(({ environment }) => environment === row.name);
    return {
      infrastructure: row.infrastructure,
      name: row.name,
      stage: row.stage,
      known: { kind: 'observed' },
      serverRelease: row.server_release,
      serviceCenterRelease: row.service_center_release,
      systemComponentsRelease: row.system_components_release,
      applicationsUrl: `http://127.0.0.1:${row.balancer_port}`,
      serviceCenterUrl: `http://127.0.0.1:${row.service_center_port}`,
      frontEnds: frontEnds
        .filter(({ environment }) => environment === row.name)
        .map(({ name, zone, port, observed_release, observed_traffic, wanted_release, wanted_traffic }) => ({
          name,
          zone,
          url: `http://127.0.0.1:${port}`,
          release: observed_release,
          traffic: observed_traffic,
          wanted: { release: wanted_release, traffic: wanted_traffic },
        })),
      hold: hold ? asHold(hold) : null,
      door:
        row.wanted_door === 'closed'
          ? { since: row.door_since ?? '', closedBy: row.door_workflow ?? '', reason: row.door_reason ?? '' }
          : null,
    };
  });
}

async function readModuleFacts(context: EmbeddedContext, environment: string): Promise<readonly EmbeddedModule[]> {
  const { database } = context;
  const factory = await readModules(database, environment);
  const planned = await plannedInstances(context, factory);
  const locks = await heldLocks(database, environment);
  const deployed = await database
    .selectFrom('deployed_modules')
    .selectAll()
    .where('environment', '=', environment)
    .execute();
  const running = new Map(deployed.map((row) => [row.module, row]));
  const release = await releaseOf(database, environment);
  return [...factory.modules.values()]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((row) => {
      const lock = locks.get(row.name);
      const instance = planned.get(row.name)?.id;
      return {
        name: row.name,
        known: { kind: 'observed' },
        application: row.application,
        ownerTeam: null,
        kind: row.kind,
        version: row.version,
        state: row.state,
        release: row.release,
        deployedRelease: running.get(row.name)?.release ?? null,
        upToDate: instance !== undefined && instance === running.get(row.name)?.instance,
        publishable: !lock && hasProducers(factory, planned, row, release),
        lock: lock ? shownLock(lock) : null,
        cause: row.cause ? (JSON.parse(row.cause) as SkipCause) : null,
        diagnostics: parseDiagnostics(row.diagnostics),
      };
    });
}

/** Whether all that its newest uploaded source consumes could run in `release`: prepared, and so on down (PREP-06). */
function hasProducers(
  factory: FactoryModules,
  planned: ReadonlyMap<ModuleName, PlannedInstance>,
  { name, uploaded_manifest }: ModuleRow,
  release: string,
): boolean {
  const asUploaded = uploaded_manifest === null ? factory : withCandidates(factory, candidatesFor(factory, name));
  const members = asUploaded.graph.units.get(asUploaded.graph.unitOf.get(name) ?? '')?.members ?? [];
  const producers = members.flatMap(asUploaded.producersOf).filter((producer) => !members.includes(producer));
  return producers.every((producer) => planned.get(producer)?.release === release);
}

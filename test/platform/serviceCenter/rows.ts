/** What a Service Center shows, as it stands in the database: locks, preparations, groups, a release. */
import { leaseFor, nowText, type PlatformDatabase } from '../../../platform/embedded/database.js';
import { environment } from '../serving.js';

export async function lockModule(database: PlatformDatabase, module: string): Promise<void> {
  await database
    .insertInto('locks')
    .values({
      environment,
      module,
      token: 1000,
      operation: 'Modules upgrade',
      holder: 'Compiler Service',
      claimed_by: 'a group',
      since: '2026-03-01T10:00:00.000Z',
      lease_until: leaseFor(60_000),
    })
    .execute();
}

type Status = 'running' | 'finished' | 'finished with errors' | 'failed';

export async function addPreparation(
  database: PlatformDatabase,
  status: Status,
  counts: Record<string, number>,
): Promise<number> {
  const { id } = await database
    .insertInto('preparations')
    .values({
      environment,
      release: '11.18.1',
      status,
      requested_by: 'ana',
      started_at: nowText,
      ended_at: status === 'running' ? null : nowText,
      counts: JSON.stringify({ prepared: 0, failed: 0, skipped: 0, notApplicable: 0, left: 0, ...counts }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function addGroup(
  database: PlatformDatabase,
  {
    preparation,
    number,
    status,
    modules,
  }: { preparation: number; number: number; status: 'running' | 'finished'; modules: string[] },
): Promise<void> {
  const common = { preparation, token: number, started_at: nowText, ended_at: null };
  await database
    .insertInto('preparation_groups')
    .values({ ...common, number, status, modules: JSON.stringify(modules) })
    .execute();
  for (const module of modules) {
    const outcome = status === 'running' ? 'running' : 'prepared';
    await database
      .insertInto('attempts')
      .values({ ...common, environment, module, group_number: number, outcome })
      .execute();
  }
}

export async function toRelease(database: PlatformDatabase, version: string): Promise<void> {
  await database.insertInto('releases').values({ version, digest: version, compiler: 'none' }).execute();
  await database
    .insertInto('holds')
    .values({ environment, operation: 'upgrade', workflow: 'upgrade', release: version, token: 5000, since: nowText })
    .execute();
  const releases = { server_release: version, service_center_release: version, system_components_release: version };
  await database
    .updateTable('environments')
    .set({ ...releases, token: 5000 })
    .execute();
}

/** What a compiler says of a module. */
export function problem(message: string) {
  return { file: 'src/index.ts', line: 1, column: 1, code: 'TS1', message };
}

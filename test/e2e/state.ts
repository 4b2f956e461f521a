/** What the databases of a data folder say, read only, and the state in which an upgrade leaves its environments. */

import path from 'node:path';
import Database from 'libsql';
import type { Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { older } from '../platform/tinyFactory.js';

type Row = Readonly<Record<string, unknown>>;

interface Where {
  readonly dataFolder: string;
}

/** The rows of a query of the platform database. */
export function platformRows<T = Row>({ dataFolder }: Where, query: string, ...values: readonly unknown[]): T[] {
  return rows(path.join(dataFolder, 'platform.db'), query, values);
}

/** The rows of a query of the store. */
export function storeRows<T = Row>({ dataFolder }: Where, query: string, ...values: readonly unknown[]): T[] {
  return rows(path.join(dataFolder, 'store.db'), query, values);
}

/** All that may differ in no way between two upgrades of the same factory. */
export function finalState(where: Where) {
  return {
    environment: platformRows(
      where,
      `select name, server_release, service_center_release, system_components_release, wanted_door, observed_door
        from environments order by name`,
    ),
    modules: platformRows(
      where,
      `select environment, name, state, release, artifact, declarations, published_source, uploaded_source, diagnostics,
        cause, faults from modules order by environment, name`,
    ),
    deployed: platformRows(
      where,
      'select environment, module, instance, release from deployed_modules order by environment, module',
    ),
    wanted: platformRows(
      where,
      'select environment, module, instance from wanted_modules order by environment, module',
    ),
    served: platformRows(
      where,
      'select front_end, module, instance, error from front_end_modules order by front_end, module',
    ),
    frontEnds: platformRows(
      where,
      'select name, wanted_release, observed_release, wanted_traffic, observed_traffic from front_ends order by name',
    ),
    locks: platformRows(where, 'select environment, module from locks'),
    holds: platformRows(where, 'select environment, workflow from holds'),
    preparations: platformRows(
      where,
      "select environment, release, status, json_remove(counts, '$.meanTimes') as counts from preparations where release != ? order by id",
      older,
    ),
    deployments: platformRows(where, 'select environment, release, status from deployments order by id'),
    errors: platformRows(where, 'select module, message from error_log order by id'),
  };
}

/** What each front end answers at each hot point, without its own name. */
export async function answersOf(where: Where) {
  const frontEnds = platformRows<{ environment: string; name: string; port: number }>(
    where,
    'select environment, name, port from front_ends order by name',
  );
  const [infrastructure] = platformRows<{ described: string }>(where, 'select described from infrastructures');
  const { hotPoints: paths } = JSON.parse(infrastructure?.described ?? '{"hotPoints":[]}') as Infrastructure;
  const database = openPlatformDatabase(where.dataFolder);
  const secrets = await Promise.all(frontEnds.map(({ environment }) => environmentSecrets(database, environment)));
  await database.destroy();
  return Promise.all(
    frontEnds.flatMap(({ name, port }, index) =>
      paths.map(async (path) => {
        const headers = secrets[index]?.headersOf('balancer') ?? {};
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
        const page = (await response.text()).replaceAll(name, 'this front end');
        return { name, path, status: response.status, release: response.headers.get('x-server-release'), page };
      }),
    ),
  );
}

export interface Attempts {
  /** Those of the newer release, in order. */
  readonly rows: readonly { readonly environment: string; readonly module: string; readonly outcome: string }[];
  /** Groups whose work was lost. */
  readonly lostGroups: number;
}

export function attemptsOf(where: Where): Attempts {
  const lost = platformRows<{ lost: number }>(
    where,
    `select count(*) as lost from preparation_groups g join preparations p on p.id = g.preparation
      where p.release != ? and g.status != 'finished'`,
    older,
  );
  return {
    rows: platformRows(
      where,
      `select a.environment, a.module, a.outcome from attempts a join preparations p on p.id = a.preparation
        where p.release != ? order by a.id`,
      older,
    ),
    lostGroups: lost[0]?.lost ?? 0,
  };
}

/** Modules that were prepared and then tried again in the same environment, though nothing of theirs had changed. */
export function preparedTwice({ rows }: Attempts): readonly string[] {
  const undone = ['abandoned', 'fault', 'stale'];
  const last = new Map(rows.map((row) => [`${row.module} in ${row.environment}`, row]));
  return [...last].flatMap(([name, newest]) => {
    const earlier = rows.filter((row) => row !== newest && `${row.module} in ${row.environment}` === name);
    return earlier.some(({ outcome }) => !undone.includes(outcome)) ? name : [];
  });
}

/** Modules that were compiled in one environment and again in another, which could have used what the first one had compiled. */
export function compiledAgain({ rows }: Attempts): readonly string[] {
  const compiled = rows.filter(({ outcome }) => outcome === 'prepared').map(({ module }) => module);
  return compiled.filter((module, index) => compiled.indexOf(module) !== index);
}

function rows<T>(file: string, query: string, values: readonly unknown[]): T[] {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(query).all(...values) as T[];
  } finally {
    database.close();
  }
}

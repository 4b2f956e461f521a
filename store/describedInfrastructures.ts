/** Infrastructures that are only described: no platform of theirs is embedded, so uplift.yaml says what there is. */
import path from 'node:path';
import { UpliftError } from '../domain/errors.js';
import type { Environment, Infrastructure } from '../domain/infrastructure/infrastructure.js';
import { readInfrastructure } from './infrastructureFile.js';
import type { Store } from './store.js';

/** What the uplift.yaml of `folder` describes. Throws `FACTORY_INVALID`, and `INPUT_INVALID` where there is none. */
export async function describedIn(folder: string): Promise<Infrastructure> {
  const described = await readInfrastructure(folder, { platform: 'none' });
  if (described) return described;
  throw new UpliftError('INPUT_INVALID', {
    what: `${folder} has no uplift.yaml, which describes the site`,
    next: 'name the folder that has it, with --site FOLDER',
  });
}

/** From now on it is found by its name, in that folder. Throws as `describedIn`. Repeatable. */
export async function rememberInfrastructure(store: Store, folder: string): Promise<Infrastructure> {
  const described = await describedIn(folder);
  const row = { folder: path.resolve(folder), described: JSON.stringify(described) };
  await store
    .insertInto('described_infrastructures')
    .values({ name: described.infrastructure, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
  return described;
}

/** As its uplift.yaml says now; as that said last when the file is gone. Throws `INFRASTRUCTURE_UNKNOWN` and `FACTORY_INVALID`. */
export async function describedInfrastructure(store: Store, name: string): Promise<Infrastructure> {
  const known = await store.selectFrom('described_infrastructures').selectAll().execute();
  const row = known.find((one) => one.name === name);
  if (!row) {
    throw new UpliftError('INFRASTRUCTURE_UNKNOWN', {
      what: `No infrastructure ${name} is described here; there is ${known.map((one) => one.name).join(', ') || 'none yet'}`,
      next: 'uplift import --site FOLDER --modules FILE',
    });
  }
  const now = await readInfrastructure(row.folder, { platform: 'none' });
  if (!now) return JSON.parse(row.described) as Infrastructure;
  if (now.infrastructure === name) return now;
  throw new UpliftError('INFRASTRUCTURE_UNKNOWN', {
    what: `${row.folder}/uplift.yaml describes ${now.infrastructure} now, no longer ${name}`,
    next: `write infrastructure: ${name} again, or import the lists of ${now.infrastructure}`,
  });
}

/** Of all that were remembered. */
export async function describedNames(store: Store): Promise<readonly string[]> {
  const rows = await store.selectFrom('described_infrastructures').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

/** Throws `ENVIRONMENT_UNKNOWN`, naming those there are. */
export function environmentNamed({ infrastructure, environments }: Infrastructure, name: string): Environment {
  const found = environments.find((environment) => environment.name === name);
  if (found) return found;
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what: `${infrastructure} has no environment ${name}; it has ${environments.map((environment) => environment.name).join(', ')}`,
    next: 'name one of them',
  });
}

/** The artifact store: what compilations made, by key, as rows of the platform database shared by all environments. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { UpliftError } from '../../../domain/errors.js';
import type { UnitId } from '../../../domain/modules/graph.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { inTransaction, type PlatformDatabase, type PlatformTransaction } from '../database.js';
import { sha256 } from './digest.js';

export interface ArtifactFile {
  readonly path: string;
  readonly text: string;
}

export interface Artifact {
  readonly key: string;
  readonly unit: UnitId;
  readonly release: string;
  /** JavaScript and declarations at paths below the module's name: `@acme/claims/src/index.js`. */
  readonly files: readonly ArtifactFile[];
  /** Digest of the declarations by member. */
  readonly declarations: Readonly<Record<ModuleName, string>>;
}

/** A key that is there already keeps its row: the same key means the same content. */
export async function saveArtifact(transaction: PlatformTransaction, artifact: Artifact): Promise<void> {
  const { key, unit, release, declarations } = artifact;
  const files = deflateRawSync(JSON.stringify(artifact.files), { level: constants.Z_BEST_SPEED });
  await transaction
    .insertInto('artifacts')
    .values({ key, unit, release, files, digest: sha256(files), declarations: JSON.stringify(declarations) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Throws `ARTIFACT_CORRUPTED` when the row is damaged or missing. It is gone then, and every module that stood on it is pending
 * again, in every environment: the next preparation compiles it anew. Not to be called inside a transaction, which would undo that.
 */
export async function readArtifact(database: PlatformDatabase, key: string): Promise<Artifact> {
  const row = await database.selectFrom('artifacts').selectAll().where('key', '=', key).executeTakeFirst();
  if (row && sha256(row.files) === row.digest) {
    const { unit, release } = row;
    const files = JSON.parse(inflateRawSync(row.files).toString()) as ArtifactFile[];
    return { key, unit, release, files, declarations: JSON.parse(row.declarations) as Artifact['declarations'] };
  }
  const members = await inTransaction(database, (transaction) => dropArtifact(transaction, key));
  throw new UpliftError('ARTIFACT_CORRUPTED', {
    what: `The artifact of ${row?.unit ?? (members.join(', ') || 'an unknown unit')} (${key}) is ${row ? 'damaged' : 'missing'} in the platform database; its modules are pending again`,
    next: 'nothing: the next preparation compiles it anew',
  });
}

/** A module that is being prepared stays so: it is about to stand on another artifact. Returns the modules that are now pending. */
async function dropArtifact(transaction: PlatformTransaction, key: string): Promise<readonly ModuleName[]> {
  await transaction.deleteFrom('artifacts').where('key', '=', key).execute();
  const rows = await transaction
    .updateTable('modules')
    .set({ state: 'pending', artifact: null, declarations: null, token: null })
    .where('artifact', '=', key)
    .where('state', '!=', 'preparing')
    .returning('name')
    .execute();
  return [...new Set(rows.map(({ name }) => name))];
}

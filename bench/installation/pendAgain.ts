/**
 * Putting an environment back to where the server step has left it, directly in the platform database: only here, so that the same
 * preparation can be measured again. No command does this; it is sound only while nothing is prepared, published or deployed.
 */
import { inTransaction, type PlatformDatabase } from '../../platform/embedded/database.js';

/** What every module of the environment stood on before it was prepared. */
export type Remembered = readonly {
  readonly name: string;
  readonly artifact: string | null;
  readonly declarations: string | null;
  readonly release: string | null;
}[];

export function remember(database: PlatformDatabase, environment: string): Promise<Remembered> {
  return database
    .selectFrom('modules')
    .select(['name', 'artifact', 'declarations', 'release'])
    .where('environment', '=', environment)
    .execute();
}

/** Every module pending again; with `withoutArtifactsOf` nothing that was compiled for that release is in the store any more. */
export async function pendAgain(
  database: PlatformDatabase,
  environment: string,
  remembered: Remembered,
  { withoutArtifactsOf }: { readonly withoutArtifactsOf?: string } = {},
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    for (const { name, ...stoodOn } of remembered) {
      await transaction
        .updateTable('modules')
        .set({ state: 'pending', token: null, ...stoodOn })
        .where('environment', '=', environment)
        .where('name', '=', name)
        .execute();
    }
    if (withoutArtifactsOf) {
      await transaction.deleteFrom('artifacts').where('release', '=', withoutArtifactsOf).execute();
    }
  });
}

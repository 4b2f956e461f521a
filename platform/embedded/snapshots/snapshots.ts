/** Snapshots of the embedded platform: an environment kept aside before its first change, and brought back (LIVE-01, LIVE-05). */
import type { Snapshots } from '../../../port/snapshots.js';
import type { EmbeddedContext } from '../context.js';
import type { Own } from '../own.js';
import { corrupted, newestSnapshot, readManifest, snapshotFolder, verifyFiles } from './folder.js';
import { lossNow } from './loss.js';
import { restoreSnapshot } from './restore.js';
import { newestRestore } from './restores.js';
import { takeSnapshot } from './take.js';

export function embeddedSnapshots(context: EmbeddedContext): Own<Snapshots> {
  return {
    take: (request, progress) => takeSnapshot(context, request, progress),
    restore: (request, progress) => restoreSnapshot(context, request, progress),
    verify: async ({ environment, id }) => {
      const folder = snapshotFolder(context.dataFolder, environment, id);
      const manifest = await readManifest(folder);
      if (!manifest) throw corrupted(folder, 'its manifest is missing or is not as it was written');
      await verifyFiles(folder, manifest);
    },
    newest: ({ environment }) => newestSnapshot(context.dataFolder, environment),
    loss: (request) => lossNow(context, request),
    restored: async ({ environment }) => {
      const held = await context.database
        .selectFrom('holds')
        .select('operation')
        .where('environment', '=', environment)
        .executeTakeFirst();
      // A rollback that has restored and was interrupted before its end goes on.
      return held?.operation === 'rollback' ? null : ((await newestRestore(context.database, environment)) ?? null);
    },
  };
}

/** Snapshots of the embedded platform: an environment kept aside before its first change, and brought back (LIVE-01, LIVE-05). */
import type { Snapshots } from '../../port.js';
import type { EmbeddedContext } from '../context.js';
import { newestSnapshot } from './folder.js';
import { restoreSnapshot } from './restore.js';
import { takeSnapshot } from './take.js';

export function embeddedSnapshots(context: EmbeddedContext): Snapshots {
  return {
    take: (request, progress) => takeSnapshot(context, request, progress),
    restore: (request, progress) => restoreSnapshot(context, request, progress),
    newest: (environment) => newestSnapshot(context.dataFolder, environment),
  };
}

/** Where logs are written: one way for every process, that nothing it does waits for. */
import { type DestinationStream, pino } from 'pino';
import { writingAtOnce } from './fullDisk.js';

/** Characters that are kept while they cannot be written; what comes then is dropped. */
const kept = 1_000_000;

/**
 * Lines at the end of a descriptor or of a file, whose folder is made when missing. A full disk ends nobody: a process that could
 * not log would otherwise be ended by its own log. Throws `DISK_FULL` when a file is not there and cannot be made.
 */
export function logTo(dest: number | string): DestinationStream {
  const options = { dest, mkdir: true, append: true, sync: true, maxLength: kept };
  const lines = writingAtOnce('A log', String(dest), () => pino.destination(options));
  lines.on('error', () => undefined);
  return lines;
}

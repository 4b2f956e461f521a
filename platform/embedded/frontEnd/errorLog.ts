/** The environment's error log: what went wrong in screens and in the background, to compare before and after an upgrade (TEST-01). */
import type { Logger } from 'pino';
import type { ModuleName } from '../../../domain/modules/module.js';
import { nowText, type PlatformDatabase } from '../database.js';
import { moduleIn } from '../layout.js';

interface ErrorEntry {
  readonly module?: ModuleName | undefined;
  readonly message: string;
  /** Absent: the one that writes. */
  readonly frontEnd?: string;
}

export interface ErrorLog {
  /** Never fails: a log that cannot be written must not turn a shown page into an error. */
  write(entry: ErrorEntry): void;
  /** Resolves when everything written so far is stored. */
  flush(): Promise<void>;
}

/** Characters of a message that are kept. */
const longest = 4000;

export function errorLog(
  { database, log }: { database: PlatformDatabase; log: Logger },
  { environment, frontEnd: own }: { readonly environment: string; readonly frontEnd?: string },
): ErrorLog {
  let stored: Promise<unknown> = Promise.resolve();
  return {
    write({ module, message, frontEnd = own }) {
      log.error({ module }, message);
      const row = {
        environment,
        front_end: frontEnd ?? null,
        module: module ?? null,
        message: message.slice(0, longest),
      };
      stored = stored.then(() =>
        database
          .insertInto('error_log')
          .values({ ...row, at: nowText })
          .execute()
          .catch((error: unknown) => log.error({ err: error }, 'the error log could not be written')),
      );
    },
    async flush() {
      await stored;
    },
  };
}

/** What the log says of something thrown: the kind and the message, never a stack. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something that is no error was thrown: ${String(error)}`;
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

/** The module in whose code something was thrown, as far as the place tells. */
export function moduleOf(error: unknown): ModuleName | undefined {
  const place = error instanceof Error ? (error.stack ?? '') : '';
  const [, folder] = /[\\/]instances[\\/][^\\/\s]+[\\/]([^\\/\s]+)[\\/]src[\\/]/.exec(place) ?? [];
  return folder === undefined ? undefined : moduleIn(folder);
}

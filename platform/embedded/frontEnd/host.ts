/** What system components find of the platform they run on: one object per process, under a name every release knows. */
import type { Logger } from 'pino';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { ApplicationDatabase } from './applicationDatabase.js';
import type { ErrorLog } from './errorLog.js';

/** The contract with `@system/host` of every release; it may only grow. */
interface Host {
  readonly frontEnd: string;
  readonly environment: string;
  /** Of the running server; a module may still be on an older one. */
  readonly release: string;
  all(sql: string, parameters: unknown[]): Record<string, unknown>[];
  run(sql: string, parameters: unknown[]): { changes: number; lastInsertRowid: number };
  /** The applied value; `undefined` leaves the module its default. */
  setting(module: ModuleName, name: string): string | undefined;
  log(entry: { module?: ModuleName; level: 'info' | 'error'; message: string }): void;
}

export interface HostParts {
  readonly frontEnd: string;
  readonly environment: string;
  readonly release: string;
  readonly applicationDatabase: ApplicationDatabase;
  readonly setting: Host['setting'];
  readonly errors: ErrorLog;
  readonly log: Logger;
}

/** Must be called before the first module is loaded. */
export function installHost({ applicationDatabase, errors, log, ...parts }: HostParts): void {
  const host: Host = {
    ...parts,
    all: applicationDatabase.all,
    run: applicationDatabase.run,
    log({ module, level, message }) {
      if (level === 'error') errors.write({ module, message });
      else log.info({ module }, message);
    },
  };
  Object.defineProperty(globalThis, Symbol.for('uplift.host'), { value: host, configurable: true });
}

/** What the HTTP side of a front end reads of the front end. */
import type { EnvironmentSecrets } from '../environmentSecrets.js';
import type { Catalogue } from './catalogue.js';
import type { ErrorLog } from './errorLog.js';
import type { LoadedModule } from './loadedModules.js';
import type { ServerRuntime } from './runtime.js';

export interface FrontEndState {
  readonly frontEnd: string;
  readonly environment: string;
  readonly release: string;
  readonly runtime: ServerRuntime;
  readonly errors: ErrorLog;
  /** Whether everything wanted at the start is loaded. */
  ready(): boolean;
  readonly becomesReady: Promise<void>;
  modules(): readonly LoadedModule[];
  catalogue(): Catalogue;
  readonly secrets: EnvironmentSecrets;
}

/** Publishing one module. */
import type { Place } from '../domain/infrastructure/place.js';
import type { ModuleName } from '../domain/modules/module.js';
import type { Progress } from './progress.js';

/** Publish, apply configurations and delete, as Service Center does them (APPS-01, PREP-05…06). */
export interface Publishing {
  /** Key: `id`. Throws `MODULE_LOCKED`, `PRODUCER_NOT_PREPARED`, `COMPILATION_FAILED` with the vendor's wording. */
  publish(request: PublishRequest & Place, progress: Progress): Promise<Publication>;
}

export interface PublishRequest {
  readonly id: string;
  readonly environment: string;
  readonly module: ModuleName;
  readonly user: string;
  /** New sources by path below the module's folder (`src/index.ts`); without them the newest uploaded one is published. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Publication {
  readonly id: string;
  readonly module: ModuleName;
  readonly release: string;
  readonly declarationsChanged: boolean;
  /** Prepared consumers that have to be prepared again. */
  readonly consumersPending: number;
}

/** The installer, Service Center and System Components of one environment (SELF-01). Traffic is somebody else's. */
import type { Place } from '../domain/infrastructure/place.js';
import type { Progress } from './progress.js';

export interface Installer {
  /** Brings a front end that is out of traffic to `release`, healthy. Key: front end and release. */
  installFrontEnd(
    request: Place & { frontEnd: string; release: string; token: number },
    progress: Progress,
  ): Promise<void>;
  /** Publishes one of the parts that are not front ends. Key: environment, part and release. */
  install(request: Place & { part: ServerPart; release: string; token: number }, progress: Progress): Promise<void>;
}

/** `server`: binaries and configuration, once every front end has them. `system components` makes every module pending. */
export type ServerPart = 'server' | 'service center' | 'system components';

/** Requests of users, front end by front end. */
import type { Place } from '../domain/infrastructure/place.js';
import type { Progress } from './progress.js';

export interface Traffic {
  /** No new request is sent there, and those in flight have ended or were cut. Key: front end. */
  takeOut(request: FrontEndRequest, progress: Progress): Promise<void>;
  /** Requests are sent there again, and it answers. Key: front end. */
  putBack(request: FrontEndRequest, progress: Progress): Promise<void>;
  /**
   * The undo of one that was taken out and did not come back: requests are sent there again as soon as it answers, whatever release it
   * runs. Returns at once, and without effect when the token is no longer the newest. Key: front end.
   */
  letBack(request: FrontEndRequest): Promise<void>;
}

type FrontEndRequest = Place & { readonly frontEnd: string; readonly token: number };

/** What activities are made from. */
import type { Client } from '@temporalio/client';
import type { Installation } from '../domain/installation.js';
import type { Platform } from '../platform/port.js';
import type { Store } from '../store/store.js';

export interface Dependencies {
  readonly platform: Platform;
  readonly store: Store;
  /** For waiting on other runs. */
  readonly client: Client;
  /** Whose runs those are. */
  readonly installation: Installation;
}

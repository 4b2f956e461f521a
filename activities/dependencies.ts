/** What activities are made from. */
import type { Client } from '@temporalio/client';
import type { Installation } from '../contract/installation.js';
import type { Platform } from '../port/platform.js';
import type { Store } from '../store/store.js';

export interface Dependencies {
  readonly platform: Platform;
  readonly store: Store;
  /** For waiting on other runs. */
  readonly client: Client;
  /** Whose runs those are. */
  readonly installation: Installation;
}

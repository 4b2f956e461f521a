/** An environment, or LifeTime, as the facts look at it. */
import type { Hosting } from '../infrastructure/infrastructure.js';

/** Stated facts by name; one that is absent is not known. */
export type Facts = Readonly<Record<string, boolean>>;

/** An environment as the facts look at it, before its upgrade. */
export interface Situation {
  /** Stated for the environment or its whole infrastructure. */
  readonly facts: Facts;
  readonly from: string;
  readonly to: string;
  readonly hosting: Hosting;
  /** How many front ends each zone has. */
  readonly frontEndsByZone: readonly number[];
  /** `undefined`: not listed; a kind that is null: unknown. A platform with kinds of its own says nothing about those that the facts know. */
  readonly modules: readonly { readonly name: string; readonly kind: string | null }[] | undefined;
  /** The controller is a machine that serves no users. */
  readonly dedicatedController: boolean;
  readonly zeroDowntime: boolean;
  /** Where LifeTime will stand when the environment is upgraded. */
  readonly lifeTime: 'newest' | 'behind' | 'unknown';
}

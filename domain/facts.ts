/**
 * Facts that decide whom a breaking change or a known issue concerns. Some follow from others, from the topology, or from what is
 * planned; a caller may state others by name, which no key of uplift.yaml does. What neither says is not known: it is told, and the
 * plan assumes nothing of it.
 */
import { knownFacts } from './factTable.js';
import type { Hosting } from './infrastructure.js';

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
  /** `undefined`: not listed. A platform with kinds of its own says nothing about those that the facts know. */
  readonly modules: readonly { readonly name: string; readonly kind: string }[] | undefined;
  /** The controller is a machine that serves no users. */
  readonly dedicatedController: boolean;
  readonly zeroDowntime: boolean;
  /** Where LifeTime will stand when the environment is upgraded. */
  readonly lifeTime: 'newest' | 'behind' | 'unknown';
}

/** Whether the fact holds; `undefined`: it is not known. A statement wins over what follows. */
export function holds(name: string, situation: Situation): boolean | undefined {
  return situation.facts[name] ?? knownFacts[name]?.follows?.(situation);
}

/** What is not known while `name` is not: `whether the platform database is Oracle`. */
export function unknownText(name: string): string {
  return `whether ${knownFacts[name]?.statement ?? `"${name}" holds`}`;
}

export const factNames: readonly string[] = Object.keys(knownFacts);

export function isFact(name: string): boolean {
  return Object.hasOwn(knownFacts, name);
}

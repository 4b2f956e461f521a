/**
 * Facts that decide whom a breaking change or a known issue concerns. Some follow from others, from the topology, or from what is
 * planned; a caller may state others by name, which no key of uplift.yaml does. What neither says is not known: it is told, and the
 * plan assumes nothing of it.
 */

import { knownFacts } from './factTable.js';
import type { Situation } from './situation.js';

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

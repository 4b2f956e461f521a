/** Which modules reference each other, directly or in a circle (Tarjan's search for strongly connected components). */
import type { ModuleName } from './module.js';

/**
 * Every module of `references` in exactly one group; producers' groups come before those of their consumers.
 * The search keeps its own path instead of recursing, so that chains of any length fit. O(V + E).
 */
export function mutuallyReferencing(references: ReadonlyMap<ModuleName, readonly ModuleName[]>): ModuleName[][] {
  const nodes = new Map<ModuleName, Node>();
  for (const [name, producers] of references) {
    nodes.set(name, { name, producers, followed: 0, met: 0, reaches: 0, grouped: false });
  }
  const groups: ModuleName[][] = [];
  const ungrouped: Node[] = [];
  let met = 0;

  for (const start of nodes.values()) {
    if (start.met > 0) continue;
    const path = [start];
    for (let node = path.at(-1); node; node = path.at(-1)) {
      if (node.met === 0) {
        met += 1;
        node.met = met;
        node.reaches = met;
        ungrouped.push(node);
      }
      if (node.followed < node.producers.length) {
        const producer = nodes.get(node.producers[node.followed] ?? '');
        node.followed += 1;
        if (producer?.met === 0) path.push(producer);
        else if (producer && !producer.grouped) node.reaches = Math.min(node.reaches, producer.met);
        continue;
      }
      path.pop();
      const consumer = path.at(-1);
      if (consumer) consumer.reaches = Math.min(consumer.reaches, node.reaches);
      if (node.reaches === node.met) groups.push(takeGroup(ungrouped, node));
    }
  }
  return groups;
}

interface Node {
  readonly name: ModuleName;
  readonly producers: readonly ModuleName[];
  /** How many of its producers the search has followed. */
  followed: number;
  /** When the search first met it, counted from 1; 0 before. */
  met: number;
  /** The earliest met, still ungrouped module that can be reached from it. */
  reaches: number;
  grouped: boolean;
}

function takeGroup(ungrouped: Node[], first: Node): ModuleName[] {
  const group = ungrouped.splice(ungrouped.lastIndexOf(first));
  for (const node of group) node.grouped = true;
  return group.map(({ name }) => name);
}

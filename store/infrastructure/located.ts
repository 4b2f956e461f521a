/**
 * The values of a YAML document with their places. Anchors and aliases are followed; a key or an anchor given twice is refused.
 * Limits keep every file quick to read: nesting, and how many values there are once aliases are followed.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Complaint } from './complaint.js';

export interface Located {
  readonly offset: number;
  /** As it is written, for values that are not a list and have no keys. */
  readonly source: string | undefined;
  /** A plain value; undefined where there is a complaint about it. */
  readonly value: unknown;
  /** By key or position. */
  readonly entries: ReadonlyMap<PropertyKey, Entry>;
}

interface Entry {
  readonly keyOffset: number;
  readonly held: Located;
}

const deepest = 20;
const mostValues = 20_000;
/** In one list, or keys in one place. */
const mostEntries = 500;

/** Never throws. */
export function locate(contents: Node): { readonly root: Located; readonly complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const anchors = new Map<string, Node>();
  /** Anchored values that are being read: an alias in one of them to itself has no end. */
  const open = new Set<Node>();
  let values = 0;
  return { root: read(contents, 0), complaints };

  function complain(offset: number, problem: string): void {
    complaints.push({ offset, problem });
  }

  function read(node: Node, depth: number): Located {
    const offset = node.range?.[0] ?? 0;
    values++;
    if (values > mostValues) {
      if (values === mostValues + 1) complain(offset, `up to ${mostValues} values are read, those of aliases included`);
      return leaf(offset, undefined);
    }
    if (depth > deepest) {
      complain(offset, `up to ${deepest} levels are read`);
      return leaf(offset, undefined);
    }
    if (isAlias(node)) return readAlias(node.source, offset, depth);
    remember(node, offset);
    open.add(node);
    const located = readContent(node, offset, depth);
    open.delete(node);
    return located;
  }

  function readContent(node: Node, offset: number, depth: number): Located {
    if (isMap(node)) return readMap(node, offset, depth);
    if (isSeq(node)) return readList(node, offset, depth);
    if (isScalar(node)) return leaf(offset, node.value, node.source);
    return leaf(offset, undefined);
  }

  function readAlias(name: string, offset: number, depth: number): Located {
    const node = anchors.get(name);
    if (node && !open.has(node)) return { ...read(node, depth + 1), offset };
    complain(
      offset,
      node ? `*${name} stands for a value that it is part of` : `no &${name} stands above this *${name}`,
    );
    return leaf(offset, undefined);
  }

  function readMap(map: YAMLMap, offset: number, depth: number): Located {
    const entries = new Map<string, Entry>();
    const items = upToMost(map.items as readonly { key: Node | null; value: Node | null }[], offset);
    for (const { key, value } of items) {
      const keyOffset = key?.range?.[0] ?? offset;
      const name = isScalar(key) ? key.value : undefined;
      if (key) remember(key, keyOffset);
      const held = value ? read(value, depth + 1) : leaf(keyOffset, null);
      const earlier = typeof name === 'string' ? entries.get(name) : undefined;
      if (typeof name !== 'string') complain(keyOffset, 'a key is a text; put it in quotes');
      else if (earlier) complain(keyOffset, `the key ${JSON.stringify(name.slice(0, 60))} stands here a second time`);
      else entries.set(name, { keyOffset, held });
    }
    const value = Object.create(null) as Record<string, unknown>;
    for (const [name, { held }] of entries) if (held.value !== undefined) value[name] = held.value;
    return { offset, source: undefined, value, entries };
  }

  function readList(list: YAMLSeq, offset: number, depth: number): Located {
    const items = upToMost(list.items as readonly Node[], offset).map((item) => read(item, depth + 1));
    const entries = new Map(items.map((held, index) => [index, { keyOffset: held.offset, held }]));
    return { offset, source: undefined, value: items.map(({ value }) => value), entries };
  }

  function upToMost<Item>(items: readonly Item[], offset: number): readonly Item[] {
    if (items.length <= mostEntries) return items;
    complain(offset, `${items.length} entries stand here; up to ${mostEntries} are read`);
    return items.slice(0, mostEntries);
  }

  function remember(node: Node, offset: number): void {
    const name = isAlias(node) || !('anchor' in node) ? undefined : node.anchor;
    if (typeof name !== 'string') return;
    const earlier = anchors.get(name);
    if (earlier && earlier !== node) complain(offset, `the anchor &${name} stands here a second time`);
    else anchors.set(name, node);
  }
}

function leaf(offset: number, value: unknown, source?: string): Located {
  return { offset, source, value, entries: new Map() };
}

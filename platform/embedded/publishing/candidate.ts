/**
 * What is about to be published: the newest uploaded source of a module with the references of its package.json, and that of
 * modules of its unit which can only be published with it: those never published, and those that failed and were corrected since.
 */
import type { ModuleName } from '../../../domain/modules/module.js';
import { type FactoryModules, factoryOf } from '../moduleGraph.js';
import type { ModuleRow } from '../schema.js';
import { type ModuleManifest, parseManifest } from './manifest.js';

/** Fixed when the publish starts: what is uploaded later is not part of it. */
export type Candidates = ReadonlyMap<ModuleName, Candidate>;

export interface Candidate {
  /** Digest. */
  readonly source: string;
  /** Null: as published. */
  readonly manifest: ModuleManifest | null;
}

export function candidatesFor(factory: FactoryModules, module: ModuleName): Candidates {
  const candidates = new Map<ModuleName, Candidate>();
  const queue = [module];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const row = factory.modules.get(name);
    if (!row || candidates.has(name)) continue;
    candidates.set(name, { source: row.uploaded_source, manifest: parseManifest(row.uploaded_manifest) });
    queue.push(...withIt(withCandidates(factory, candidates), module));
  }
  return candidates;
}

/** The factory as it will be once they are published. */
export function withCandidates(factory: FactoryModules, candidates: Candidates): FactoryModules {
  const rows = [...factory.modules.values()].map((row): ModuleRow => {
    const candidate = candidates.get(row.name);
    return candidate ? { ...row, published_source: candidate.source } : row;
  });
  const producersOf = (name: ModuleName) => candidates.get(name)?.manifest?.producers ?? factory.producersOf(name);
  return factoryOf(rows, new Map(rows.map(({ name }) => [name, producersOf(name)])));
}

function withIt({ graph, modules }: FactoryModules, module: ModuleName): readonly ModuleName[] {
  const members = graph.units.get(graph.unitOf.get(module) ?? '')?.members ?? [];
  return members.filter((name) => {
    const row = modules.get(name);
    if (!row || row.published_source === null) return row !== undefined;
    return row.state === 'failed' && row.uploaded_source !== row.published_source;
  });
}

/** The modules of an environment that need somebody: failed, or skipped below one that did. */
import { parseDiagnostics } from '../../../domain/modules/diagnostics.js';
import type { Diagnostic, ModuleName, SkipCause } from '../../../domain/modules/module.js';
import { producersFirst } from '../../../domain/modules/preparation.js';
import type { PlatformDatabase } from '../database.js';
import { readModules } from '../moduleGraph.js';

export interface UnfinishedModule {
  readonly name: ModuleName;
  readonly state: 'failed' | 'skipped';
  readonly diagnostics: readonly Diagnostic[];
  readonly cause: SkipCause | null;
}

/** As they are now, producers first. */
export async function unfinishedModules(
  database: PlatformDatabase,
  environment: string,
): Promise<readonly UnfinishedModule[]> {
  const { graph, modules } = await readModules(database, environment);
  const names = [...modules.values()].filter(({ state }) => state === 'failed' || state === 'skipped');
  return producersFirst(
    graph,
    names.map(({ name }) => name),
  ).flatMap((name) => {
    const row = modules.get(name);
    if (row?.state !== 'failed' && row?.state !== 'skipped') return [];
    const cause = row.cause ? (JSON.parse(row.cause) as SkipCause) : null;
    return [{ name, state: row.state, diagnostics: parseDiagnostics(row.diagnostics), cause }];
  });
}

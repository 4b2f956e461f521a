/** What must hold whatever has happened: a state for every module, current verdicts, causes that are paths, locks that say who works. */
import { expect } from 'vitest';
import type { SkipCause } from '../../domain/modules/module.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { heldLocks } from '../../platform/embedded/locks.js';
import { type FactoryModules, readModules } from '../../platform/embedded/moduleGraph.js';
import type { ModuleRow } from '../../platform/embedded/schema.js';
import { environment, type MadeFrom } from './paperFactory.js';

/** What must hold of the rows at any time, of a factory on paper. */
export async function expectSound({ database }: EmbeddedContext): Promise<void> {
  const { modules, graph } = await readModules(database, environment);
  const held = await heldLocks(database, environment);
  for (const row of modules.values()) {
    const lock = held.get(row.name);
    if (lock?.operation === 'Modules upgrade') expect(row).toMatchObject({ state: 'preparing', token: lock.token });
    switch (row.state) {
      case 'pending':
      case 'preparing':
        break;
      case 'prepared':
        expectCurrent(modules, row);
        break;
      case 'failed':
        expect(row.diagnostics).not.toBeNull();
        break;
      case 'skipped': {
        const { module, path } = JSON.parse(row.cause ?? 'null') as SkipCause;
        expect([path[0], path.at(-1)]).toEqual([row.name, module]);
        for (const [index, name] of path.slice(1).entries())
          expect(graph.references.get(path[index] ?? '')).toContain(name);
        break;
      }
      case 'not applicable':
        expect.fail(`${row.name} was published`);
    }
  }
}

function expectCurrent(modules: FactoryModules['modules'], { name, artifact }: ModuleRow): void {
  const { sources, producers } = JSON.parse(artifact ?? 'null') as MadeFrom;
  expect(sources[name]).toBe(modules.get(name)?.published_source);
  for (const [producer, declarations] of Object.entries(producers))
    expect(modules.get(producer)?.declarations, `${producer}, of which ${name} was made`).toBe(declarations);
}

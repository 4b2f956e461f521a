/** Recording a publish: the unit stands on its new artifact, its sources and references are the published ones. */
import type { ModuleName } from '../../../domain/modules/module.js';
import type { Publication, PublishRequest } from '../../../port/publishing.js';
import { nowText, type PlatformTransaction } from '../database.js';
import { releaseLocks } from '../locks.js';
import { readModules } from '../moduleGraph.js';
import type { Verdict } from '../preparation/compileClaim.js';
import { pendConsumers } from '../preparation/pendConsumers.js';
import type { Candidate } from './candidate.js';
import type { ModuleManifest } from './manifest.js';
import type { Started } from './start.js';

export type PreparedVerdict = Extract<Verdict, { kind: 'prepared' }>;

/** Under the locks of `started`, which it frees. */
export async function recordPublished(
  transaction: PlatformTransaction,
  { id, environment, module }: PublishRequest,
  { token, release, candidates, unit }: Started,
  { key, declarations }: PreparedVerdict,
): Promise<Publication> {
  const changed: ModuleName[] = [];
  for (const { name, declarations: former } of unit.members) {
    if (former !== declarations[name]) changed.push(name);
    await transaction
      .updateTable('modules')
      .set({
        state: 'prepared',
        artifact: key,
        declarations: declarations[name] ?? null,
        release,
        diagnostics: null,
        cause: null,
        faults: 0,
        token,
      })
      .where('environment', '=', environment)
      .where('name', '=', name)
      .execute();
    const candidate = candidates.get(name);
    if (candidate) await recordSource(transaction, { environment, module: name, token }, candidate);
  }
  const { graph } = await readModules(transaction, environment);
  const consumersPending = await pendConsumers(transaction, environment, changed, graph);
  await releaseLocks(transaction, token);
  return { id, module, release, declarationsChanged: changed.includes(module), consumersPending };
}

interface Place {
  readonly environment: string;
  readonly module: ModuleName;
  readonly token: number;
}

async function recordSource(
  transaction: PlatformTransaction,
  { environment, module, token }: Place,
  { source, manifest }: Candidate,
): Promise<void> {
  await transaction
    .updateTable('modules')
    .set({ published_source: source, published_at: nowText, token })
    .where('environment', '=', environment)
    .where('name', '=', module)
    .execute();
  if (manifest) await recordManifest(transaction, environment, module, manifest);
}

async function recordManifest(
  transaction: PlatformTransaction,
  environment: string,
  module: ModuleName,
  manifest: ModuleManifest,
): Promise<void> {
  const { version, application, kind, producers } = manifest;
  await transaction
    .updateTable('modules')
    .set((eb) => ({
      version,
      application,
      kind,
      // Another one may have been uploaded since.
      uploaded_manifest: eb.fn<string | null>('nullif', ['uploaded_manifest', eb.val(JSON.stringify(manifest))]),
    }))
    .where('environment', '=', environment)
    .where('name', '=', module)
    .execute();
  await transaction
    .deleteFrom('module_references')
    .where('environment', '=', environment)
    .where('consumer', '=', module)
    .execute();
  if (producers.length === 0) return;
  await transaction
    .insertInto('module_references')
    .values(producers.map((producer) => ({ environment, consumer: module, producer })))
    .execute();
}

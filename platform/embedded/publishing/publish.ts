/**
 * 1-Click Publish: new sources, compiled against the prepared producers, on every front end, recorded (APPS-01, PREP-05, PREP-06).
 * Nothing of the module changes before its new instance runs everywhere.
 */

import { UpliftError } from '../../../domain/errors.js';
import { errorCount, firstProblem } from '../../../domain/modules/diagnostics.js';
import type { Diagnostic, ModuleName } from '../../../domain/modules/module.js';
import type { Progress } from '../../../port/progress.js';
import type { Publication, PublishRequest } from '../../../port/publishing.js';
import { saveArtifact } from '../compile/artifacts.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction } from '../database.js';
import { materialiseInstance, type PlannedInstance, plannedInstances } from '../instances.js';
import { underLease } from '../lease.js';
import { releaseLocks } from '../locks.js';
import { type FactoryModules, factoryOf } from '../moduleGraph.js';
import { compileUnits, type UnitVerdict } from '../preparation/compileClaim.js';
import { stillHolds } from '../preparation/record.js';
import { type RecordResults, rollOut } from '../rollout.js';
import { type PreparedVerdict, recordPublished } from './recordPublished.js';
import { assertProducersPrepared } from './refusals.js';
import { candidateFactory, type Started, startPublish } from './start.js';

/** Throws also `COMPILATION_FAILED`, `COMPILER_FAULT`, `COMPILER_TIMEOUT`, and `FRONT_END_TIMEOUT` when a front end cannot serve it. */
export async function publish(
  context: EmbeddedContext,
  request: PublishRequest,
  progress: Progress,
): Promise<Publication> {
  const { environment, module } = request;
  const started = await startPublish(context, request);
  const modules = started.unit.members.map(({ name }) => name);
  const held = { environment, token: started.token, modules, what: `The 1-Click Publish of ${module}` };
  return underLease(context, held, progress, {
    work: (signal) => untilCurrent(() => compileAndDeploy(context, request, started, signal)),
    giveUp: () => inTransaction(context.database, (transaction) => releaseLocks(transaction, started.token)),
  });
}

/** A producer was published or prepared with other declarations meanwhile. */
const outdated = new Error('compiled against declarations that are no longer the current ones');

async function untilCurrent<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error !== outdated) throw error;
    }
  }
}

async function compileAndDeploy(
  context: EmbeddedContext,
  request: PublishRequest,
  started: Started,
  signal: AbortSignal,
): Promise<Publication> {
  const { environment, module, user } = request;
  const { unit, token, release } = started;
  const factory = await candidateFactory(context, request, started);
  assertProducersPrepared(factory, module, environment, release);
  const compilation = { version: release, units: [unit], factory, token, purpose: 'publish' } as const;
  const [compiled] = await compileUnits(context, compilation, signal);
  const verdict = preparedVerdict(request, started, compiled);
  if (!verdict.reused) await saveVerdict(context, started, verdict);
  const instances = await makeInstances(context, request, started, verdict);
  const rollout = { environment, token, by: user, modules: instances };
  return rollOut(context, rollout, signal, async (transaction, results) => {
    // What could not be loaded may be so because it is outdated.
    if (!(await stillHolds(transaction, environment, [], compiled?.madeFrom ?? new Map()))) throw outdated;
    assertDeployed(request, results);
    return recordPublished(transaction, request, started, verdict);
  });
}

function preparedVerdict(
  { module, environment }: PublishRequest,
  { release }: Started,
  compiled: UnitVerdict | undefined,
): PreparedVerdict {
  if (compiled?.verdict.kind === 'prepared') return compiled.verdict;
  const diagnostics = compiled?.verdict.kind === 'failed' ? compiled.verdict.diagnostics : {};
  const all = Object.entries(diagnostics).flatMap(([name, list]: [ModuleName, readonly Diagnostic[]]) =>
    list.map((diagnostic) => ({ module: name, ...diagnostic })),
  );
  const where = all.length > 0 ? `: ${firstProblem(all)}` : '';
  throw new UpliftError(
    'COMPILATION_FAILED',
    {
      what: `${module} does not compile in ${release}${where}${all.length > 1 ? ` (${errorCount(all)})` : ''}`,
      next: `correct it, then uplift publish ${environment} ${module} --source FOLDER`,
    },
    { cause: { diagnostics: all } },
  );
}

async function saveVerdict(
  { database }: EmbeddedContext,
  { unit, release }: Started,
  { key, files, declarations }: PreparedVerdict,
): Promise<void> {
  await inTransaction(database, (transaction) =>
    saveArtifact(transaction, { key, unit: unit.id, release, files, declarations }),
  );
}

/** The instance of every member, its folder made. Throws `PRODUCER_NOT_PREPARED` when a producer is so no longer. */
async function makeInstances(
  context: EmbeddedContext,
  request: PublishRequest,
  started: Started,
  verdict: PreparedVerdict,
): Promise<ReadonlyMap<ModuleName, PlannedInstance>> {
  const names = started.unit.members.map(({ name }) => name);
  const factory = await candidateFactory(context, request, started);
  assertProducersPrepared(factory, request.module, request.environment, started.release);
  const planned = await plannedInstances(context, asPrepared(factory, names, verdict.key, started.release));
  const instances = new Map<ModuleName, PlannedInstance>();
  for (const name of names) {
    const instance = planned.get(name);
    if (!instance) throw new Error(`${name} has no instance although all that it consumes is prepared`);
    instances.set(name, instance);
  }
  await materialiseInstance(context, planned, request.module);
  return instances;
}

function asPrepared(
  { modules, producersOf }: FactoryModules,
  names: readonly ModuleName[],
  artifact: string,
  release: string,
): FactoryModules {
  const rows = [...modules.values()].map((row) =>
    names.includes(row.name) ? { ...row, state: 'prepared' as const, artifact, release } : row,
  );
  return factoryOf(rows, new Map(rows.map(({ name }) => [name, producersOf(name)])));
}

/** All of the unit share a fate. */
function assertDeployed({ module, environment }: PublishRequest, results: Parameters<RecordResults<never>>[1]): void {
  const result = results.get(module);
  if (result?.kind !== 'failed') return;
  throw new UpliftError('FRONT_END_TIMEOUT', {
    what: `${module} was compiled but not deployed: ${result.reason}. It runs as before`,
    next: `correct it, then uplift publish ${environment} ${module}`,
  });
}

/**
 * 1-Click Publish: new sources, compiled against the prepared producers, on every front end, recorded (APPS-01, PREP-05, PREP-06).
 * Nothing of the module changes before its new instance runs everywhere.
 */
import { UpliftError } from '../../../domain/errors.js';
import { moduleGraph } from '../../../domain/graph.js';
import type { Diagnostic, ModuleName } from '../../../domain/module.js';
import type { Progress, Publication, PublishRequest } from '../../port.js';
import { saveArtifact } from '../compile/artifacts.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { materialiseInstance, plannedInstances } from '../instances.js';
import { assertLocked, releaseLocks, renewLocks, takeLocks } from '../locks.js';
import { type FactoryModules, readModules } from '../moduleGraph.js';
import { type ClaimedUnit, claimedUnit } from '../preparation/claim.js';
import { compileUnits, type UnitVerdict } from '../preparation/compileClaim.js';
import { pendConsumers, stillHolds } from '../preparation/record.js';
import { rollOut } from '../rollout.js';
import type { ModuleRow } from '../schema.js';
import { assertFree, assertProducersPrepared } from './refusals.js';
import { uploadSource } from './upload.js';

export async function publish(
  context: EmbeddedContext,
  request: PublishRequest,
  progress: Progress,
): Promise<Publication> {
  const started = await start(context, request);
  const renewal = setInterval(() => {
    progress.heartbeat({ publishing: request.module });
    renewLocks(context.database, started.token, context.settings.lease).catch(() => undefined); // the lease decides
  }, context.settings.lease / 5);
  try {
    const verdict = await compileUntilCurrent(context, request, started, progress.signal);
    await deploy(context, request, started, verdict, progress.signal);
    return await finish(context, request, started, verdict);
  } catch (error) {
    await inTransaction(context.database, (transaction) => releaseLocks(transaction, started.token)).catch(
      () => undefined,
    ); // else the lease ends it
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

interface Started {
  readonly token: number;
  readonly release: string;
  readonly unit: ClaimedUnit;
  readonly factory: FactoryModules;
}

interface CompiledUnit {
  readonly unit: ClaimedUnit;
  readonly madeFrom: UnitVerdict['madeFrom'];
  readonly verdict: Extract<UnitVerdict['verdict'], { kind: 'prepared' }>;
}

async function start({ database, settings }: EmbeddedContext, request: PublishRequest): Promise<Started> {
  const { environment, module, user, id } = request;
  return inTransaction(database, async (transaction) => {
    const { server_release: release } = await transaction
      .selectFrom('environments')
      .select('server_release')
      .where('name', '=', environment)
      .executeTakeFirstOrThrow();
    await assertFree(transaction, {
      environment,
      modules: [module],
      operation: '1-Click Publish',
      user,
      claimedBy: id,
    });
    await uploadSource(transaction, request);
    const factory = withUploaded(await readModules(transaction, environment), module);
    const unit = claimedUnit(factory, factory.graph.unitOf.get(module) ?? module);
    const modules = unit.members.map(({ name }) => name);
    await assertFree(transaction, { environment, modules, operation: '1-Click Publish', user, claimedBy: id });
    assertProducersPrepared(factory, unit, environment, release);
    const token = await takeLocks(transaction, {
      environment,
      modules,
      operation: '1-Click Publish',
      holder: user,
      claimedBy: id,
      lease: settings.lease,
    });
    return { token, release, unit, factory };
  });
}

/** The factory as it will be: `module` with its newest uploaded source. */
function withUploaded(factory: FactoryModules, module: ModuleName): FactoryModules {
  return replaced(factory, [module], (row) => ({ ...row, published_source: row.uploaded_source }));
}

function replaced(
  factory: FactoryModules,
  names: readonly ModuleName[],
  change: (row: ModuleRow) => ModuleRow,
): FactoryModules {
  const modules = new Map([...factory.modules].map(([name, row]) => [name, names.includes(name) ? change(row) : row]));
  const { producersOf } = factory;
  return {
    modules,
    producersOf,
    graph: moduleGraph([...modules.values()].map(({ name, cost }) => ({ name, cost, producers: producersOf(name) }))),
  };
}

/** Compiles, and again when a producer was published with other declarations meanwhile. */
async function compileUntilCurrent(
  context: EmbeddedContext,
  request: PublishRequest,
  started: Started,
  signal: AbortSignal,
): Promise<CompiledUnit> {
  for (;;) {
    const factory = withUploaded(await readModules(context.database, request.environment), request.module);
    const [compiled] = await compileUnits(
      context,
      { version: started.release, units: [started.unit], factory, token: started.token },
      signal,
    );
    const verdict = compiled?.verdict;
    if (verdict?.kind !== 'prepared')
      throw compilationFailed(request, started, verdict?.kind === 'failed' ? verdict.diagnostics : {});
    const current = await stillHolds(context.database, request.environment, [], compiled?.madeFrom ?? new Map());
    if (current) return { unit: started.unit, madeFrom: compiled?.madeFrom ?? new Map(), verdict };
  }
}

function compilationFailed(
  { module, environment }: PublishRequest,
  { release }: Started,
  diagnostics: Readonly<Record<ModuleName, readonly Diagnostic[]>>,
): UpliftError {
  const all = Object.entries(diagnostics).flatMap(([name, list]) =>
    list.map((diagnostic) => ({ module: name, ...diagnostic })),
  );
  const first = all[0];
  const where = first ? `: ${first.file}:${first.line}:${first.column} ${first.code} ${first.message}` : '';
  return new UpliftError(
    'COMPILATION_FAILED',
    {
      what: `${module} does not compile in ${release}${where}${all.length > 1 ? ` (and ${all.length - 1} more)` : ''}`,
      next: `correct it, then uplift publish ${environment} ${module} --source FOLDER`,
    },
    { cause: { diagnostics: all } },
  );
}

/** The new artifact is on every front end before the module's row changes. */
async function deploy(
  context: EmbeddedContext,
  { environment, user, module }: PublishRequest,
  { token, release, unit }: Started,
  { verdict }: CompiledUnit,
  signal: AbortSignal,
): Promise<void> {
  if (!verdict.reused) {
    await inTransaction(context.database, (transaction) =>
      saveArtifact(transaction, {
        key: verdict.key,
        unit: unit.id,
        release,
        files: verdict.files,
        declarations: verdict.declarations,
      }),
    );
  }
  const names = unit.members.map(({ name }) => name);
  const factory = replaced(await readModules(context.database, environment), names, (row) => ({
    ...row,
    state: 'prepared',
    artifact: verdict.key,
    release,
  }));
  const planned = await plannedInstances(context, factory);
  await materialiseInstance(context, planned, module);
  const wanted = new Map(
    names.flatMap((name) =>
      planned.has(name) ? [[name, planned.get(name) as NonNullable<ReturnType<typeof planned.get>>] as const] : [],
    ),
  );
  const results = await rollOut(context, { environment, token, by: user, modules: wanted }, signal);
  const failed = [...results].find(([, { kind }]) => kind === 'failed');
  if (failed?.[1].kind === 'failed') {
    throw new UpliftError('FRONT_END_TIMEOUT', {
      what: `${failed[0]} was compiled but not deployed: ${failed[1].reason}. It runs as before`,
      next: `correct it, then uplift publish ${environment} ${module}`,
    });
  }
}

async function finish(
  { database }: EmbeddedContext,
  { id, environment, module }: PublishRequest,
  started: Started,
  { verdict }: CompiledUnit,
): Promise<Publication> {
  return inTransaction(database, async (transaction) => {
    await assertLocked(transaction, started.token);
    const changed = started.unit.members
      .filter(({ name, declarations }) => declarations !== verdict.declarations[name])
      .map(({ name }) => name);
    for (const { name } of started.unit.members)
      await recordPublished(transaction, environment, name, module, started, verdict);
    const consumersPending = changed.length > 0 ? await pendConsumers(transaction, environment, changed) : 0;
    await releaseLocks(transaction, started.token);
    return { id, module, release: started.release, declarationsChanged: changed.includes(module), consumersPending };
  });
}

async function recordPublished(
  transaction: PlatformTransaction,
  environment: string,
  name: ModuleName,
  published: ModuleName,
  { token, release }: Started,
  verdict: CompiledUnit['verdict'],
): Promise<void> {
  await transaction
    .updateTable('modules')
    .set((eb) => ({
      state: 'prepared',
      artifact: verdict.key,
      declarations: verdict.declarations[name] ?? null,
      release,
      diagnostics: null,
      cause: null,
      token,
      ...(name === published ? { published_source: eb.ref('uploaded_source'), published_at: nowText } : {}),
    }))
    .where('environment', '=', environment)
    .where('name', '=', name)
    .execute();
}

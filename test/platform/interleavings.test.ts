/** Lanes, publishes, lost leases and retries in any order: what must hold of the rows after every step (PREP-04, PREP-06, PREP-07). */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { inTransaction } from '../../platform/embedded/database.js';
import { heldLocks, isFenced, releaseLocks } from '../../platform/embedded/locks.js';
import { readModules } from '../../platform/embedded/moduleGraph.js';
import { type Claim, claimGroup } from '../../platform/embedded/preparation/claim.js';
import type { UnitVerdict } from '../../platform/embedded/preparation/compileClaim.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { recordVerdicts, stillHolds } from '../../platform/embedded/preparation/record.js';
import { recordPublished } from '../../platform/embedded/publishing/recordPublished.js';
import { candidateFactory, type Started, startPublish } from '../../platform/embedded/publishing/start.js';
import type { PublishRequest } from '../../port/publishing.js';
import {
  compiledOnPaper,
  environment,
  filesOf,
  type PaperModule,
  type PaperSource,
  paperFactory,
} from './paperFactory.js';
import { expectSound } from './soundness.js';

const size = 6;

type Step =
  | { readonly kind: 'claim' | 'retry' | 'record' | 'expire'; readonly lane: number }
  | {
      readonly kind: 'publish' | 'publish at once';
      readonly id: number;
      readonly module: number;
      readonly source: PaperSource;
    }
  | { readonly kind: 'compile' | 'finish'; readonly id: number }
  | { readonly kind: 'prepare again' };

const lane = fc.nat(1);
const id = fc.nat(1);
const source = fc.record({ declares: fc.nat(2), code: fc.nat(2), broken: fc.nat(5).map((number) => number === 0) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim' as const), lane }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('record' as const), lane }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('retry' as const, 'expire' as const), lane }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('publish' as const, 'publish at once' as const),
      id,
      module: fc.nat(size - 1),
      source,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('compile' as const, 'finish' as const), id }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'prepare again' as const }) },
);

/** They reference modules before them, but for the first, which may reference another: some reference each other then. */
const modules: fc.Arbitrary<readonly PaperModule[]> = fc
  .tuple(
    fc.option(fc.nat(size - 1)),
    fc.array(fc.tuple(fc.array(fc.nat(size), { maxLength: 2 }), fc.nat(3)), { minLength: size, maxLength: size }),
  )
  .map(([first, all]) =>
    all.map(([numbers, fate], index) => ({
      references: index === 0 ? (first === null ? [] : [first]) : numbers.map((number) => number % index),
      broken: fate === 0,
    })),
  );

/** What the workers believe to hold, whether they still do or not; the oldest first. */
interface World {
  readonly context: EmbeddedContext;
  preparation: number;
  readonly claims: { readonly claim: Claim; readonly verdicts: readonly UnitVerdict[] }[][];
  readonly publishes: Publishing[][];
}

interface Publishing {
  readonly request: PublishRequest;
  readonly started: Started;
  compiled?: UnitVerdict;
}

/** What can be prepared is. */
async function openWorld(context: EmbeddedContext): Promise<World> {
  const world: World = { context, preparation: await open(context), claims: [[], []], publishes: [[], []] };
  await prepareAll(world);
  return world;
}

async function open(context: EmbeddedContext): Promise<number> {
  return (await embeddedPreparation(context).open({ environment, requestedBy: 'test' })).id;
}

async function take(world: World, step: Step): Promise<void> {
  const { context } = world;
  switch (step.kind) {
    case 'claim':
      if (world.claims[step.lane]?.length === 0) await take(world, { kind: 'retry', lane: step.lane });
      return;
    case 'retry':
      await claim(world, world.claims[step.lane] ?? [], `lane ${step.lane}`);
      return;
    case 'record':
      await record(world, world.claims[step.lane] ?? []);
      return;
    case 'expire':
      await expire(context, [`lane ${step.lane}`, `publish ${step.lane}`]);
      return;
    case 'publish':
      await publish(world, world.publishes[step.id] ?? [], {
        id: `publish ${step.id}`,
        module: `m${step.module}`,
        source: step.source,
      });
      return;
    case 'publish at once': {
      const publishes: Publishing[] = [];
      await publish(world, publishes, { id: 'at once', module: `m${step.module}`, source: step.source });
      await compile(world, publishes);
      await finish(world, publishes);
      return;
    }
    case 'compile':
      await compile(world, world.publishes[step.id] ?? []);
      return;
    case 'finish':
      await finish(world, world.publishes[step.id] ?? []);
      return;
    case 'prepare again':
      await embeddedPreparation(context).close({ preparation: world.preparation, broken: 'stopped' });
      world.preparation = await open(context);
  }
}

async function claim({ context, preparation }: World, claims: World['claims'][number], claimedBy: string) {
  const claimed = await claimGroup(context, { preparation, claimedBy });
  if (claimed.kind !== 'claimed') return claimed.kind;
  claims.push({ claim: claimed, verdicts: await compiledOnPaper(context.database, claimed.factory, claimed.units) });
  return 'claimed';
}

/** Succeeds exactly when the claim still holds; else nothing has changed. */
async function record({ context }: World, claims: World['claims'][number]): Promise<void> {
  const oldest = claims.shift();
  if (!oldest) return;
  await asHeld(context, oldest.claim.token, async () => {
    await recordVerdicts(context, oldest.claim, oldest.verdicts);
  });
}

async function publish(
  { context }: World,
  publishes: Publishing[],
  { id, module, source }: { id: string; module: string; source: PaperSource },
): Promise<void> {
  const request = { id, environment, module, user: 'ada', files: filesOf(source) };
  try {
    publishes.push({ request, started: await startPublish(context, request) });
  } catch (error) {
    expect(['MODULE_LOCKED', 'PRODUCER_NOT_PREPARED']).toContain((error as { code?: string }).code);
  }
}

async function compile({ context }: World, publishes: Publishing[]): Promise<void> {
  const [oldest] = publishes;
  if (!oldest) return;
  const { request, started } = oldest;
  const factory = await candidateFactory(context, request, started);
  const [compiled] = await compiledOnPaper(context.database, factory, [started.unit]);
  if (compiled?.verdict.kind === 'prepared') {
    oldest.compiled = compiled;
    return;
  }
  publishes.shift();
  await inTransaction(context.database, (transaction) => releaseLocks(transaction, started.token));
}

async function finish({ context }: World, publishes: Publishing[]): Promise<void> {
  const [oldest] = publishes;
  const verdict = oldest?.compiled?.verdict;
  if (!oldest || verdict?.kind !== 'prepared') return;
  const { request, started, compiled } = oldest;
  delete oldest.compiled;
  if (!(await stillHolds(context.database, environment, [], compiled?.madeFrom ?? new Map()))) return;
  publishes.shift();
  await asHeld(context, started.token, () =>
    inTransaction(context.database, async (transaction) => {
      await recordPublished(transaction, request, started, verdict);
    }),
  );
}

async function asHeld({ database }: EmbeddedContext, token: number, work: () => Promise<void>): Promise<void> {
  const modules = () => database.selectFrom('modules').selectAll().execute();
  const before = await modules();
  const held = [...(await heldLocks(database, environment)).values()].some((lock) => lock.token === token);
  const refused = await work().then(
    () => false,
    (error) => {
      if (!isFenced(error)) throw error;
      return true;
    },
  );
  expect(refused).toBe(!held);
  if (refused) expect(await modules()).toEqual(before);
}

async function expire({ database }: EmbeddedContext, holders: readonly string[]): Promise<void> {
  await database.updateTable('locks').set({ lease_until: 0 }).where('claimed_by', 'in', holders).execute();
}

/** Everybody is gone. One lane prepares what it can, what failed is corrected, and again: then all is prepared. */
async function bringToItsEnd(world: World): Promise<void> {
  const { context } = world;
  await expire(context, ['lane 0', 'lane 1', 'publish 0', 'publish 1']);
  for (let round = 0; round < 2 * size; round++) {
    await take(world, { kind: 'prepare again' });
    await prepareAll(world);
    const { modules } = await readModules(context.database, environment);
    const failed = [...modules.values()].filter(({ state }) => state === 'failed');
    if (failed.length === 0)
      return expect(new Set([...modules.values()].map(({ state }) => state))).toEqual(new Set(['prepared']));
    for (const { name } of failed) {
      const publishes: Publishing[] = [];
      await publish(world, publishes, {
        id: `correct ${name}`,
        module: name,
        source: { declares: 1, code: 1, broken: false },
      });
      await compile(world, publishes);
      await finish(world, publishes);
      await expectSound(context);
    }
  }
  expect.fail('some modules fail for ever');
}

async function prepareAll(world: World): Promise<void> {
  const claims: World['claims'][number] = [];
  for (let turn = 0; turn < 3 * size; turn++) {
    const kind = await claim(world, claims, 'last lane');
    if (kind === 'nothing pending') return;
    expect(kind).toBe('claimed');
    await record(world, claims);
    await expectSound(world.context);
  }
  expect.fail('the preparation does not end');
}

it('PREP-04 PREP-06 PREP-07 whatever the order, verdicts are current, refused ones change nothing, and all is prepared in the end', async () => {
  const runs = fc.asyncProperty(modules, fc.array(step, { maxLength: 60, size: 'max' }), async (factory, steps) => {
    const world = await openWorld(await paperFactory(factory));
    try {
      for (const next of steps) {
        await take(world, next);
        await expectSound(world.context);
      }
      await bringToItsEnd(world);
    } finally {
      await world.context.database.destroy();
    }
  });
  await fc.assert(runs, { numRuns: 40 });
});

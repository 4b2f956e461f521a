/** The server step: who holds the environment, front ends replaced one by one, what the System Components end (SELF-01, LIVE-03). */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { drivenAt } from '../../activities/driven.js';
import { inTransaction, openPlatformDatabase } from '../../platform/embedded/database.js';
import { repeat } from '../../platform/embedded/follow.js';
import { releaseLocks, takeLocks } from '../../platform/embedded/locks.js';
import { embeddedDriven, embeddedPlatform } from '../../platform/embedded/platform.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { embeddedServer } from './embeddedServer.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare } from './preparing.js';
import { publishModule } from './publishing.js';
import { stoppable } from './stoppable.js';
import { newer, older, published, quiet, statesOf, type TinyEnvironment, upgraded } from './tinyFactory.js';

const hold = ({ context, environment }: TinyEnvironment, operation: 'upgrade' | 'rollback', workflow: string) =>
  embeddedServer(context).hold({ environment, operation, workflow, release: newer });

const frontEnds = ({ context }: TinyEnvironment) =>
  context.database.selectFrom('front_ends').selectAll().orderBy('name').execute();

/** Supervisor and balancer as the rows show them, a step at a time. Gives every state that was seen, as `fe-1 11.18.1 serving`. */
function replacing(tiny: TinyEnvironment): readonly string[] {
  const database = openPlatformDatabase(tiny.context.dataFolder);
  const seen: string[] = [];
  const following = repeat(0, step, (error) => seen.push(String(error)));
  onTestFinished(async () => {
    await following.close();
    await database.destroy();
  });
  return seen;

  async function step(): Promise<void> {
    await delay(2);
    for (const row of await database.selectFrom('front_ends').selectAll().orderBy('name').execute()) {
      const { name, wanted_release, wanted_traffic, observed_release, observed_traffic } = row;
      const state = `${name} ${observed_release} ${observed_traffic}`;
      if (seen.findLast((earlier) => earlier.startsWith(name)) !== state) seen.push(state);
      const release =
        observed_release === null ? wanted_release : wanted_release === observed_release ? observed_release : null;
      const traffic = release === null ? ('drained' as const) : wanted_traffic;
      await database
        .updateTable('front_ends')
        .set({ observed_release: release, observed_traffic: traffic })
        .where('name', '=', name)
        .execute();
    }
  }
}

it('SELF-01 one workflow holds an environment; it takes its own hold again under a new token, another one is refused', async () => {
  const tiny = await published({ base: {} });
  const { environment } = tiny;
  const server = embeddedServer(tiny.context);
  const first = await hold(tiny, 'upgrade', 'upgrade/acme');
  const again = await hold(tiny, 'upgrade', 'upgrade/acme');

  expect(again).toEqual({ ...first, token: expect.any(Number) });
  expect(again.token).toBeGreaterThan(first.token);
  await expect(hold(tiny, 'upgrade', 'upgrade/other')).rejects.toMatchObject({
    code: 'ENVIRONMENT_HELD',
    parts: { blockedBy: 'upgrade/acme' },
  });
  await server.release({ environment, token: first.token });
  await expect(hold(tiny, 'upgrade', 'upgrade/other')).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
  await server.release({ environment, token: again.token });
  await expect(hold(tiny, 'upgrade', 'upgrade/other')).resolves.toMatchObject({ workflow: 'upgrade/other' });
});

it('LIVE-01 whoever takes a hold again begins before the tests: a seal of the run before does not outlive it', async () => {
  const tiny = await published({ base: {} });
  const { environment } = tiny;
  const server = embeddedServer(tiny.context);
  const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
  await server.seal({ environment, token, sealed: true });
  await obedientFrontEnds(tiny);
  const publish = () => publishModule(tiny, 'base');
  await expect(publish()).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
  await hold(tiny, 'upgrade', 'upgrade/acme');

  await expect(publish()).resolves.toBeDefined();
});

it('LIVE-01 it is sealed only once what had begun there has ended, and nothing new begins meanwhile', async () => {
  const tiny = await published({ base: {}, other: {} });
  const { context, environment } = tiny;
  const server = embeddedServer(context);
  const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
  const lock = {
    environment,
    modules: ['base'],
    operation: '1-Click Publish',
    holder: 'ines',
    claimedBy: 'p1',
  } as const;
  const publishing = await inTransaction(context.database, (transaction) =>
    takeLocks(transaction, { ...lock, lease: 60_000 }),
  );
  const seal = () => server.seal({ environment, token, sealed: true });

  await expect(seal()).rejects.toMatchObject({
    code: 'CHANGES_UNDER_WAY',
    parts: { what: expect.stringContaining('1-Click Publish of base'), blockedBy: 'ines' },
  });
  await expect(publishModule(tiny, 'other')).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
  await inTransaction(context.database, (transaction) => releaseLocks(transaction, publishing));
  await expect(seal()).resolves.toBeUndefined();
});

it('LIVE-01 an execution that began before it was sealed takes no further modules', async () => {
  const tiny = await upgraded({ base: {} });
  const { context, environment } = tiny;
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
  await embeddedServer(context).seal({ environment, token, sealed: true });
  const turn = () => preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);

  expect(await turn()).toMatchObject({ kind: 'held', by: expect.stringContaining('upgrade/acme') });
  await embeddedServer(context).seal({ environment, token, sealed: false });
  expect(await turn()).toMatchObject({ kind: 'group' });
});

it.each([
  ['server', ['service center', 'system components']],
  ['service center', ['server', 'system components']],
  ['system components', ['server', 'service center']],
] as const)(
  'SELF-01 nothing is prepared while the %s is behind the other parts of the server',
  async (behind, others) => {
    const tiny = await published({ base: {} });
    const { context, environment } = tiny;
    const server = embeddedServer(context);
    const preparation = embeddedPreparation(context);
    const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
    await context.database.updateTable('front_ends').set({ wanted_release: newer }).execute();
    for (const part of others) await server.install({ environment, part, release: newer, token }, quiet);

    await expect(preparation.open({ environment, requestedBy: 'test' })).rejects.toMatchObject({
      code: 'SERVER_STEP_UNFINISHED',
    });
    await server.install({ environment, part: behind, release: newer, token }, quiet);
    expect(await preparation.open({ environment, requestedBy: 'test' })).toMatchObject({
      release: newer,
      joined: false,
    });
  },
);

it('LIVE-05 a rollback takes an environment over from its upgrade, whose effects are refused then, and from no other rollback', async () => {
  const tiny = await published({ base: {} });
  const { environment } = tiny;
  const server = embeddedServer(tiny.context);
  const upgrade = await hold(tiny, 'upgrade', 'upgrade/acme');
  const rollback = await hold(tiny, 'rollback', 'rollback/acme');
  const refused = { code: 'ENVIRONMENT_HELD', message: expect.stringContaining('rollback/acme') };

  for (const part of ['server', 'service center', 'system components'] as const) {
    await expect(
      server.install({ environment, part, release: newer, token: upgrade.token }, quiet),
    ).rejects.toMatchObject(refused);
  }
  const install = { environment, frontEnd: 'fe-1', release: newer, token: upgrade.token };
  await expect(server.installFrontEnd(install, quiet)).rejects.toMatchObject(refused);
  await expect(hold(tiny, 'upgrade', 'upgrade/acme')).rejects.toMatchObject(refused);
  await expect(hold(tiny, 'rollback', 'rollback/other')).rejects.toMatchObject(refused);
  await server.release({ environment, token: upgrade.token });
  await expect(hold(tiny, 'rollback', 'rollback/acme')).resolves.toMatchObject({ since: rollback.since });
  expect((await frontEnds(tiny)).map(({ wanted_release }) => wanted_release)).toEqual([older, older]);
});

it('LIVE-03 front ends are replaced out of traffic, one after the other, and the server counts as installed when all are', async () => {
  const tiny = await published({ base: {} });
  const { environment } = tiny;
  const server = embeddedServer(tiny.context);
  const seen = replacing(tiny);
  const serving = [`fe-1 ${older} serving`, `fe-2 ${older} serving`];
  await expect.poll(() => seen).toEqual(expect.arrayContaining(serving));
  const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
  const before = seen.length;
  const install = (frontEnd: string) => server.installFrontEnd({ environment, frontEnd, release: newer, token }, quiet);
  const installServer = () => server.install({ environment, part: 'server', release: newer, token }, quiet);

  await install('fe-1');
  await expect(installServer()).rejects.toMatchObject({
    code: 'SERVER_STEP_UNFINISHED',
    message: expect.stringContaining('fe-2'),
  });
  await install('fe-2');
  await installServer();

  const steps = (name: string) =>
    [`${older} drained`, 'null drained', `${newer} drained`, `${newer} serving`].map((step) => `${name} ${step}`);
  await expect.poll(() => seen.slice(before)).toEqual([...steps('fe-1'), ...steps('fe-2')]);
});

it('LIVE-03 a front end that does not come back is named with what it says, and a second attempt goes on', async () => {
  const tiny = await published({ base: {} }, { frontEndPatience: 100 });
  const { environment } = tiny;
  const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
  const install = () =>
    embeddedServer(tiny.context).installFrontEnd({ environment, frontEnd: 'fe-1', release: newer, token }, quiet);

  await expect(install()).rejects.toMatchObject({
    code: 'FRONT_END_TIMEOUT',
    message: expect.stringMatching(/^After 0\.1 s fe-1 does not say that it runs 11\.41\.0 \(release none, drained\)/),
  });
  replacing(tiny);
  await install();
  expect((await frontEnds(tiny))[0]).toMatchObject({ observed_release: newer, observed_traffic: 'serving' });
});

/** On the older release with the newer one's front ends and Service Center: what is left is the System Components. */
async function almostUpgraded(tiny: TinyEnvironment): Promise<() => Promise<void>> {
  const { context, environment } = tiny;
  const server = embeddedServer(context);
  const { token } = await hold(tiny, 'upgrade', 'upgrade/acme');
  await context.database.updateTable('front_ends').set({ wanted_release: newer, observed_release: newer }).execute();
  const install = (part: Parameters<typeof server.install>[0]['part']) =>
    server.install({ environment, part, release: newer, token }, quiet);
  return async () => {
    for (const part of ['server', 'service center', 'system components'] as const) await install(part);
  };
}

it('PREP-01 installing the System Components ends a preparation for the former ones and makes every module pending', async () => {
  const tiny = await published({ base: {}, other: {}, draft: { published: false } }, { groupUnits: 1, lanes: 1 });
  const { context, environment } = tiny;
  const worker = stoppable(context);
  const preparation = embeddedPreparation(worker.context);
  const { id } = await preparation.open({ environment, requestedBy: 'test', everything: true });
  await preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);
  const turn = preparation.prepareNextGroup(
    { preparation: id, claimedBy: 'lane' },
    { ...quiet, heartbeat: worker.stop },
  );
  await worker.waiting;
  await (await almostUpgraded(tiny))();
  worker.goOn();

  await expect(turn).rejects.toMatchObject({ code: 'FENCED' });
  expect(await statesOf(tiny)).toEqual({ base: 'pending', draft: 'not applicable', other: 'pending' });
  expect(await preparation.report(id)).toMatchObject({ status: 'stopped', release: older, prepared: 1, left: 1 });
  expect(await preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet)).toEqual({
    kind: 'nothing pending',
  });
  expect(await prepare(tiny)).toMatchObject({ release: newer, status: 'finished', prepared: 2 });
});

it('PREP-01 it also refuses what is still being published for the former ones', async () => {
  const tiny = await published({ base: {} });
  const { context, environment } = tiny;
  await obedientFrontEnds(tiny);
  const worker = stoppable(context);
  const request = { id: 'p', environment, module: 'base', user: 'ada' };
  const publication = moduleOperations(worker.context).publish(request, { ...quiet, heartbeat: worker.stop });
  publication.catch(() => undefined);
  await worker.waiting;
  await (await almostUpgraded(tiny))();
  worker.goOn();

  await expect(publication).rejects.toMatchObject({ code: 'FENCED' });
  expect(await statesOf(tiny)).toEqual({ base: 'pending' });
});

it('SELF-01 a platform that was told of a token takes no lower one, whoever comes with it, and also past its own check', async () => {
  const { context, environment } = await published({ base: {} });
  const { fence } = embeddedDriven(context);
  const hold = {
    ...({ operation: 'upgrade', workflow: 'upgrade/acme', release: newer } as const),
    ...{ token: 7, firstToken: 7, since: '2026-03-01T10:00:00.000Z' },
  };
  await fence.raise({ environment, hold: { ...hold, token: 1000 } });

  await expect(fence.raise({ environment, hold })).rejects.toMatchObject({ code: 'FENCED' });
  await expect(context.database.updateTable('holds').set({ token: 999 }).execute()).rejects.toThrow('FENCED holds');
  await fence.lower({ environment, token: 1000 });
  await expect(fence.raise({ environment, hold })).rejects.toMatchObject({ code: 'FENCED' });
  expect(await fence.standing({ environment })).toEqual({ hold: null, highest: 1000 });
});

it('SELF-01 an environment that an older program holds stays its own: what the platform says counts until the store knows better', async () => {
  const tiny = await published({ base: {} });
  const { context, environment } = tiny;
  const { fence } = embeddedDriven(context);
  const { highest } = await fence.standing({ environment });
  const since = '2026-03-01T10:00:00.000Z';
  const before = {
    operation: 'upgrade',
    workflow: 'upgrade/acme',
    release: newer,
    since,
    token: highest,
    firstToken: 3,
  } as const;
  await fence.raise({ environment, hold: before });

  await expect(hold(tiny, 'upgrade', 'upgrade/other')).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
  const own = await hold(tiny, 'upgrade', 'upgrade/acme');
  expect(own).toMatchObject({ since, firstToken: 3 });
  expect(own.token).toBeGreaterThan(highest);
});

it('an environment that is only described is driven by nobody: what needs a platform is refused, by name', async () => {
  const { context } = await published({ base: {} });
  const described = { ...embeddedPlatform(context), driven: async () => null };
  const place = { infrastructure: 'tiny', environment: 'Moon' };

  await expect(drivenAt(described, place)).rejects.toMatchObject({
    code: 'NOT_DRIVEN',
    message: expect.stringContaining('Moon of tiny'),
  });
});

/** What the platform says of itself: environments, releases, and how each module stands. */
import { expect, it } from 'vitest';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { embeddedServer } from './embeddedServer.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare } from './preparing.js';
import { publishModule } from './publishing.js';
import { stoppedInAGroup } from './stoppable.js';
import { breaking, newer, older, published, quiet, upgraded } from './tinyFactory.js';

it('names what there is when an infrastructure or an environment is not known', async () => {
  const { context } = await published({ base: {} });
  const inventory = embeddedInventory(context);
  const [{ infrastructure } = { infrastructure: '' }] = await inventory.environments();

  await expect(inventory.environment({ infrastructure: 'acme', environment: 'Development' })).rejects.toMatchObject({
    code: 'INFRASTRUCTURE_UNKNOWN',
    message: expect.stringContaining(infrastructure),
  });
  await expect(inventory.environment({ infrastructure, environment: 'Moon' })).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    message: expect.stringMatching(/no environment Moon; it has Development/),
  });
  expect(await inventory.releases('acme')).toEqual([older, newer]);
});

it('SELF-01 tells the three releases apart, and who holds the environment', async () => {
  const { context, environment } = await published({ base: {} });
  const inventory = embeddedInventory(context);
  const hold = await embeddedServer(context).hold({
    environment,
    operation: 'upgrade',
    workflow: 'upgrade/acme',
    release: newer,
  });
  await embeddedServer(context).install(
    { environment, part: 'service center', release: newer, token: hold.token },
    quiet,
  );

  expect(await inventory.environments()).toMatchObject([
    {
      name: environment,
      serverRelease: older,
      serviceCenterRelease: newer,
      systemComponentsRelease: older,
      hold,
      frontEnds: [
        {
          name: 'fe-1',
          zone: 'Main',
          release: null,
          traffic: 'drained',
          wanted: { release: older, traffic: 'serving' },
        },
        { name: 'fe-2', zone: 'Main', release: null, traffic: 'drained' },
      ],
    },
  ]);
});

it('PREP-06 tells of each module what it is, what it runs and whether it can be published', async () => {
  const tiny = await upgraded({
    base: {},
    broken: { source: breaking },
    below: { uses: ['broken', 'base'] },
    draft: { published: false, uses: ['base'] },
  });
  await obedientFrontEnds(tiny);
  await prepare(tiny);
  const modules = () => embeddedInventory(tiny.context).modules({ environment: tiny.environment });
  const common = { application: 'tests', kind: 'library', lock: null };

  expect(await modules()).toMatchObject([
    {
      name: 'base',
      state: 'prepared',
      release: newer,
      deployedRelease: older,
      upToDate: false,
      publishable: true,
      ...common,
    },
    {
      name: 'below',
      state: 'skipped',
      cause: { module: 'broken', path: ['below', 'broken'] },
      publishable: false,
      ...common,
    },
    {
      name: 'broken',
      state: 'failed',
      release: older,
      deployedRelease: older,
      diagnostics: [{ code: 'TS2339' }],
      publishable: true,
    },
    {
      name: 'draft',
      state: 'not applicable',
      release: null,
      deployedRelease: null,
      upToDate: false,
      publishable: true,
    },
  ]);
  await publishModule(tiny, 'base');
  expect((await modules())[0]).toMatchObject({ name: 'base', deployedRelease: newer, upToDate: true });
});

it('PREP-05 shows the lock of a module that is being prepared, with its holder', async () => {
  const tiny = await upgraded({ base: {} });
  const { worker, turn } = await stoppedInAGroup(tiny);

  const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  expect(await embeddedInventory(tiny.context).modules({ environment: tiny.environment })).toMatchObject([
    {
      state: 'preparing',
      publishable: false,
      lock: { operation: 'Modules upgrade', holder: 'Compiler Service', since },
    },
  ]);
  worker.goOn();
  await turn;
  expect(await embeddedInventory(tiny.context).modules({ environment: tiny.environment })).toMatchObject([
    { state: 'prepared', lock: null },
  ]);
});

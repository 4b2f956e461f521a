/** What exists in an infrastructure that is only described, and what nobody knows of it; plans are made from that. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Dependencies } from '../../activities/dependencies.js';
import { makePlan } from '../../activities/makePlan.js';
import { planOfRequest } from '../../activities/planToFollow.js';
import { leftIn } from '../../activities/remaining.js';
import { describedInventory } from '../../platform/described/inventory.js';
import type { Hold } from '../../port/hold.js';
import type { EnvironmentFacts } from '../../port/inventory.js';
import { complaintText } from '../../store/complaint.js';
import { recordRelease } from '../../store/describedEnvironments.js';
import { rememberInfrastructure } from '../../store/describedInfrastructures.js';
import { parseModuleList } from '../../store/moduleListFile.js';
import { replaceModules } from '../../store/modules.js';
import { planExplanation } from '../../store/plans.js';
import { openStore } from '../../store/store.js';
import { temporaryFolder } from './tinyFactory.js';

const infrastructure = 'acme';
const hold: Hold = {
  ...{ operation: 'upgrade', workflow: 'upgrade/acme', release: '11.41.0', token: 3, firstToken: 3 },
  since: '2026-03-01T10:00:00.000Z',
};

const yaml = (release: string) => `infrastructure: ${infrastructure}
environments:
  - name: Testing
    stage: testing
    release: ${release}
    address: https://Apps.Acme.example:443/
    zones: [{ name: Lisbon, frontEnds: [lis-1] }, { name: Porto, frontEnds: [opo-1] }]
`;

async function site(release = '11.28.0') {
  const folder = temporaryFolder();
  const write = (of: string) => fs.writeFileSync(path.join(folder, 'uplift.yaml'), yaml(of));
  write(release);
  const store = openStore(temporaryFolder());
  onTestFinished(() => store.destroy());
  await rememberInfrastructure(store, folder);
  const standings: Record<string, Pick<EnvironmentFacts, 'hold' | 'door'>> = {};
  const inventory = describedInventory({
    store,
    infrastructure,
    standingOf: async (environment) => standings[environment] ?? { hold: null, door: null },
  });
  const list = async (text: string) => {
    const { list: checked, complaints } = parseModuleList(Buffer.from(text), 'list.csv');
    expect(complaints.map(complaintText)).toEqual([]);
    await replaceModules(store, [{ infrastructure, environment: 'Testing', release }], checked?.modules ?? []);
  };
  const snapshots = { newest: async () => null };
  const dependencies = { store, platform: { inventory, snapshots } } as unknown as Dependencies;
  return { store, inventory, write, list, standings, dependencies };
}

describe('a site that is only described', () => {
  it('has what its file says; the rest is unknown, and never none', async () => {
    const { inventory, standings } = await site();
    const frontEnd = { url: null, release: null, traffic: null, wanted: null };
    const expected = {
      ...{ infrastructure, name: 'Testing', stage: 'testing', known: { kind: 'described' } },
      ...{ serverRelease: '11.28.0', serviceCenterRelease: null, systemComponentsRelease: null },
      frontEnds: [
        { name: 'lis-1', zone: 'Lisbon', ...frontEnd },
        { name: 'opo-1', zone: 'Porto', ...frontEnd },
      ],
      ...{ applicationsUrl: 'https://apps.acme.example', serviceCenterUrl: null, hold: null, door: null },
    };
    expect(await inventory.environments()).toEqual([expected]);
    standings['Testing'] = { hold, door: null };
    expect(await inventory.environment({ infrastructure: infrastructure, environment: 'Testing' })).toEqual({
      ...expected,
      hold,
    });
    expect(await inventory.modules({ infrastructure: 'acme', environment: 'Testing' })).toBeNull();
  });

  it('knows what was said of it since', async () => {
    const { store, inventory } = await site();
    const said = { infrastructure, environment: 'Testing', release: '11.41.0', by: 'ana', at: hold.since };
    for (const part of ['server', 'service center', 'system components', { frontEnd: 'opo-1' }] as const)
      await recordRelease(store, { ...said, part });

    expect(await inventory.environment({ infrastructure: infrastructure, environment: 'Testing' })).toMatchObject({
      known: { kind: 'evidence', by: 'ana', at: hold.since },
      ...{ serverRelease: '11.41.0', serviceCenterRelease: '11.41.0', systemComponentsRelease: '11.41.0' },
      frontEnds: [{ release: null }, { release: '11.41.0' }],
    });
  });

  it('has the modules of its list, whose states are forgotten with the release they were of', async () => {
    const { store, inventory, list } = await site();
    await list('module,state\nclaims,prepared');
    const modules = () => inventory.modules({ infrastructure: 'acme', environment: 'Testing' });
    expect(await modules()).toMatchObject([{ name: 'claims', known: { kind: 'listed' }, state: 'prepared' }]);
    await recordRelease(store, {
      ...{ infrastructure, environment: 'Testing', part: 'server', release: '11.41.0', by: 'ana', at: hold.since },
    });
    expect(await modules()).toMatchObject([{ name: 'claims', state: null, release: null }]);
  });

  it('INFRASTRUCTURE_UNKNOWN and ENVIRONMENT_UNKNOWN name those there are', async () => {
    const { inventory } = await site();
    const named = (code: string, name: string) => ({ code, message: expect.stringContaining(name) });
    await expect(inventory.infrastructure('umbrella')).rejects.toMatchObject(named('INFRASTRUCTURE_UNKNOWN', 'acme'));
    await expect(inventory.environment({ infrastructure: 'acme', environment: 'Staging' })).rejects.toMatchObject(
      named('ENVIRONMENT_UNKNOWN', 'Testing'),
    );
    await expect(inventory.modules({ infrastructure: 'acme', environment: 'Staging' })).rejects.toMatchObject(
      named('ENVIRONMENT_UNKNOWN', 'Testing'),
    );
  });

  it('VER-08 can go to the releases that the vendor gives, oldest first', async () => {
    const { inventory } = await site();
    const offered = await inventory.releases('acme');
    expect(offered).toEqual(expect.arrayContaining(['11.18.1', '11.41.0', '11.44.0']));
    expect(offered.indexOf('11.9.0')).toBeLessThan(offered.indexOf('11.41.0'));
  });
});

describe('a plan for it', () => {
  const request = { infrastructure, to: '11.41.0', requestedBy: undefined, now: Date.parse(hold.since) };

  it('PLAN-01 is made without any list, and says that the modules are not listed', async () => {
    const { store, dependencies } = await site();
    const { hash, decisions } = await makePlan(dependencies, request);
    expect(decisions.environments).toMatchObject([{ name: 'Testing', from: '11.28.0', to: '11.41.0' }]);
    const forecast = (await planExplanation(store, hash))?.forecast;
    expect(forecast?.environments[0]?.modules).toBeNull();
    expect(forecast?.warnings.map(({ text }) => text).join()).toContain('The modules of Testing are not listed');
  });

  it('PLAN-01 counts the modules that are listed', async () => {
    const { store, dependencies, list } = await site();
    await list('module;kind\na;mobile\nb;\nc;');
    const { hash } = await makePlan(dependencies, request);
    expect((await planExplanation(store, hash))?.forecast.environments[0]?.modules).toBe(3);
  });

  it('VER-10 still fits when the build of the release is told, and PLAN_STALE once it is on another one', async () => {
    const { dependencies, write } = await site();
    const { hash } = await makePlan(dependencies, request);
    write('11.28.0.43142');
    expect((await planOfRequest(dependencies, { ...request, plan: hash })).hash).toBe(hash);
    write('11.30.0');
    await expect(planOfRequest(dependencies, { ...request, plan: hash })).rejects.toMatchObject({ code: 'PLAN_STALE' });
  });

  it('SELF-01 VER-10 is all left while the release of one part is unknown, then its applications', async () => {
    const { store, dependencies } = await site();
    const { decisions } = await makePlan(dependencies, request);
    const [testing] = decisions.environments;
    if (!testing) throw new Error('no environment is planned');
    const said = { infrastructure, environment: 'Testing', release: '11.41.0', by: 'ana', at: hold.since };
    const left = () => leftIn(dependencies, infrastructure, testing);
    await recordRelease(store, { ...said, part: 'server' });
    expect((await left()).kind).toBe('everything');
    await recordRelease(store, { ...said, part: 'service center' });
    await recordRelease(store, { ...said, part: 'system components' });
    expect(await left()).toMatchObject({
      kind: 'applications',
      says: ['Testing runs 11.41.0 already: which of its modules are left is unknown, and users are not kept out'],
    });
  });
});

/** What the store knows of sites that are only described: their lists of modules, and the releases that somebody said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ListedModule } from '../../domain/modules/moduleList.js';
import { knownReleases, recordRelease, type SaidRelease } from '../../store/describedEnvironments.js';
import { describedInfrastructure, rememberInfrastructure } from '../../store/describedInfrastructures.js';
import { parseModuleList } from '../../store/moduleListFile.js';
import { listedFacts, moduleList, replaceModules } from '../../store/modules.js';
import { openStore, type Store } from '../../store/store.js';
import { temporaryFolder } from '../platform/tinyFactory.js';

const infrastructure = 'acme';
const at = '2026-03-01T10:00:00.000Z';

function siteText(release = '11.18.1', name = infrastructure): string {
  return `infrastructure: ${name}
environments:
  - { name: Testing, stage: testing, release: 11.18.1, zones: [{ name: Main, frontEnds: [t-1] }] }
  - { name: Production, stage: production, release: ${release}, zones: [{ name: Main, frontEnds: [p-1, p-2] }] }
`;
}

async function site(): Promise<{ readonly store: Store; readonly folder: string; readonly data: string }> {
  const folder = temporaryFolder();
  const data = temporaryFolder();
  describeSite(folder, siteText());
  const store = openStore(data);
  onTestFinished(() => store.destroy());
  await rememberInfrastructure(store, folder);
  return { store, folder, data };
}

function describeSite(folder: string, text: string): void {
  fs.writeFileSync(path.join(folder, 'uplift.yaml'), text);
}

describe('an infrastructure that is described', () => {
  it('is what its file says now, and what it said last when the file is gone', async () => {
    const { store, folder } = await site();
    const releaseNow = async () => (await describedInfrastructure(store, infrastructure)).environments[1]?.release;
    describeSite(folder, siteText('11.28.0'));
    expect(await releaseNow()).toBe('11.28.0');
    await rememberInfrastructure(store, folder);
    fs.rmSync(path.join(folder, 'uplift.yaml'));
    expect(await releaseNow()).toBe('11.28.0');
  });

  it('may move to another folder; FACTORY_INVALID, INFRASTRUCTURE_UNKNOWN and INPUT_INVALID say what is wrong with it', async () => {
    const { store, folder } = await site();
    const moved = temporaryFolder();
    describeSite(moved, siteText('11.30.0'));
    await rememberInfrastructure(store, moved);
    describeSite(folder, 'nonsense');
    expect((await describedInfrastructure(store, infrastructure)).environments[1]?.release).toBe('11.30.0');

    await expect(describedInfrastructure(store, 'other')).rejects.toMatchObject({
      code: 'INFRASTRUCTURE_UNKNOWN',
      message: expect.stringContaining('there is acme'),
    });
    await expect(rememberInfrastructure(store, temporaryFolder())).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(rememberInfrastructure(store, folder)).rejects.toMatchObject({ code: 'FACTORY_INVALID' });
    describeSite(moved, siteText('11.30.0', 'umbrella'));
    await expect(describedInfrastructure(store, infrastructure)).rejects.toMatchObject({
      code: 'INFRASTRUCTURE_UNKNOWN',
      message: expect.stringContaining('describes umbrella now, no longer acme'),
    });
  });
});

describe('the release of an environment', () => {
  const production = { name: 'Production', release: '11.18.1' };
  const said = (part: SaidRelease['part'], release: string, by = 'ana'): SaidRelease => ({
    ...{ infrastructure, environment: 'Production', part, release, by, at },
  });

  it('SELF-01 is that of uplift.yaml until somebody says another; of the other parts nothing is known', async () => {
    const { store } = await site();
    const first = await knownReleases(store, infrastructure, production);
    expect(first.server).toEqual({ release: '11.18.1', known: { kind: 'described' } });
    expect(first.of('service center')).toBeNull();

    await recordRelease(store, said('server', '11.41.0.43142'));
    await recordRelease(store, said({ frontEnd: 'p-1' }, '11.41.0'));

    const now = await knownReleases(store, infrastructure, production);
    expect(now.server).toEqual({ release: '11.41.0.43142', known: { kind: 'evidence', by: 'ana', at } });
    expect([now.of({ frontEnd: 'p-1' }), now.of({ frontEnd: 'p-2' }), now.of('system components')]).toEqual([
      ...['11.41.0', null, null],
    ]);
    const elsewhere = await knownReleases(store, infrastructure, { name: 'Testing', release: '11.18.1' });
    expect(elsewhere.server.known.kind).toBe('described');
  });

  it('is what was recorded last, whatever clocks said; said again it changes nothing', async () => {
    const { store } = await site();
    const release = async () => (await knownReleases(store, infrastructure, production)).server.release;
    await recordRelease(store, said('server', '11.41.0'));
    await recordRelease(store, { ...said('server', '11.18.1', 'rollback'), at: '2020-01-01T00:00:00.000Z' });
    expect(await release()).toBe('11.18.1');
    await recordRelease(store, said('server', '11.41.0'));
    expect(await release()).toBe('11.18.1');
  });

  it('is that of uplift.yaml again once that is edited, and so nothing older is known of its parts', async () => {
    const { store, folder } = await site();
    await recordRelease(store, said('server', '11.41.0'));
    await recordRelease(store, said('service center', '11.41.0'));
    describeSite(folder, siteText('11.43.0'));
    const edited = { ...production, release: '11.43.0' };

    const known = await knownReleases(store, infrastructure, edited);
    expect(known.server).toEqual({ release: '11.43.0', known: { kind: 'described' } });
    expect(known.of('service center')).toBeNull();

    await recordRelease(store, said('server', '11.44.0'));
    expect((await knownReleases(store, infrastructure, edited)).server.release).toBe('11.44.0');
  });

  it('VERSION_INVALID and ENVIRONMENT_UNKNOWN refuse what cannot be', async () => {
    const { store } = await site();
    await expect(recordRelease(store, said('server', 'the newest'))).rejects.toMatchObject({ code: 'VERSION_INVALID' });
    await expect(recordRelease(store, { ...said('server', '11.41.0'), environment: 'Staging' })).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
    });
    expect((await knownReleases(store, infrastructure, production)).server.known.kind).toBe('described');
  });
});

describe('the modules of an environment', () => {
  const module = (name: string, changes: Partial<ListedModule> = {}): ListedModule => ({
    ...{ name, application: null, ownerTeam: null, kind: null, version: null, published: null, state: null },
    ...{ references: null, external: [] },
    ...changes,
  });
  const in_ = (environment: string, release = '11.18.1') => ({ infrastructure, environment, release });

  it('are null until they are listed, and those of the newest list alone from then on', async () => {
    const { store } = await site();
    const names = async (environment: string) =>
      (await moduleList(store, { infrastructure, environment }))?.modules.map(({ name }) => name);
    expect(await moduleList(store, in_('Production'))).toBeNull();

    await replaceModules(store, [in_('Testing'), in_('Production')], [module('a'), module('b')]);
    await replaceModules(store, [in_('Production')], [module('c')]);

    expect(await names('Testing')).toEqual(['a', 'b']);
    expect(await names('Production')).toEqual(['c']);
  });

  it('are what they were in every environment when one of them cannot be written', async () => {
    const { store } = await site();
    await replaceModules(store, [in_('Testing'), in_('Production')], [module('before')]);
    const broken = { ...in_('Production'), release: null as unknown as string };
    await expect(replaceModules(store, [in_('Testing'), broken], [module('after')])).rejects.toThrow();
    expect((await moduleList(store, in_('Testing')))?.modules[0]?.name).toBe('before');
  });

  it('are of one of two lists that are imported at once, in every environment', async () => {
    const { store, data } = await site();
    await Promise.all(['left', 'right'].map((name) => importElsewhere(data, name, 20)));
    const lists = await Promise.all(['Testing', 'Production'].map((name) => moduleList(store, in_(name))));
    const [first, second] = lists.map((list) => list?.modules.map(({ name }) => name));
    expect(first).toHaveLength(1);
    expect(second).toEqual(first);
  });

  it('stand as the list says, as long as the environment is on the release it was made on; nothing is invented', () => {
    const list = {
      ...{ release: '11.28.0', at },
      modules: [
        module('z', { state: 'prepared', published: true, ownerTeam: 'Core team', kind: 'mobile', version: '3' }),
        module('failed', { state: 'failed' }),
        module('draft', { published: false }),
        module('bare'),
      ],
    };
    const shown = (release: string) =>
      listedFacts(list, release).map(({ name, state, release: of }) => [name, state, of]);

    expect(shown('11.28.0.43142')).toEqual([
      ['bare', null, null],
      ['draft', 'not applicable', null],
      ['failed', 'failed', null],
      ['z', 'prepared', '11.28.0.43142'],
    ]);
    expect(shown('11.41.0')).toEqual([
      ['bare', null, null],
      ['draft', 'not applicable', null],
      ['failed', null, null],
      ['z', null, null],
    ]);
    expect(listedFacts(list, '11.28.0').at(-1)).toMatchObject({
      ...{ known: { kind: 'listed', at }, application: null, ownerTeam: 'Core team', kind: 'mobile', version: '3' },
      ...{ deployedRelease: null, upToDate: null, publishable: null, lock: null, cause: null, diagnostics: [] },
    });
  });

  it('are 20,000 in each of four environments, read, checked and kept in less than two seconds of work', async () => {
    const { store } = await site();
    const lines = Array.from(
      { length: 20_000 },
      (_, index) =>
        `Module_${index},Application ${index % 300},Team ${index % 40},"Module_${(index * 7) % 20_000}; Module_${(index * 13) % 20_000}; System",prepared,${index % 90},Reactive Web,yes`,
    );
    const head = 'module,application,owner team,references,state,version,kind,published';
    const bytes = Buffer.from([head, ...lines].join('\n'));
    const places = ['Development', 'Testing', 'Pre', 'Production'].map((environment) => in_(environment));

    // Of this process alone, and the best of three: whatever else the machine has to do.
    const took: number[] = [];
    for (let time = 0; time < 3; time++) {
      const began = process.cpuUsage();
      const { list } = parseModuleList(bytes, 'large.csv');
      await replaceModules(store, places, list?.modules ?? []);
      const { user, system } = process.cpuUsage(began);
      took.push((user + system) / 1_000);
    }

    const kept = await moduleList(store, in_('Pre'));
    expect(kept?.modules).toHaveLength(20_000);
    expect(kept?.modules[1]?.references).toEqual(['Module_7', 'Module_13']);
    expect(Math.min(...took)).toBeLessThan(2_000);
  });
});

/** In a process of its own, of the built program: lists of one module, many times. */
async function importElsewhere(data: string, name: string, times: number): Promise<void> {
  const built = (file: string) => JSON.stringify(new URL(`../../dist/store/${file}`, import.meta.url).href);
  const script = `
    const { openStore } = await import(${built('store.js')});
    const { replaceModules } = await import(${built('modules.js')});
    const store = openStore(${JSON.stringify(data)});
    const places = ['Testing', 'Production'].map((environment) => ({ infrastructure: 'acme', environment, release: '11.18.1' }));
    for (let time = 0; time < ${times}; time++)
      await replaceModules(store, places, [{ name: ${JSON.stringify(name)} + time, references: null, external: [] }]);
    await store.destroy();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

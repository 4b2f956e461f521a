/** What the pages of Service Center say of a preparation, before, during and after it. */
import { describe, expect, it } from 'vitest';
import { center, claims, pagePaths } from './center.js';
import { addGroup, addPreparation, lockModule, problem, toRelease } from './rows.js';

describe('the pages', () => {
  it('PREP-10 PREP-13 shows banner and sidebar of a running preparation on every page, leading to the group in progress', async () => {
    const { database, page } = await center([
      { name: claims, state: 'preparing' },
      { name: '@acme/money', state: 'prepared', release: '11.18.1' },
    ]);
    await lockModule(database, claims);
    const id = await addPreparation(database, 'running', { total: 2 });
    await addGroup(database, { preparation: id, number: 1, status: 'finished', modules: ['@acme/money'] });
    await addGroup(database, { preparation: id, number: 2, status: 'running', modules: [claims] });
    const address = `/ServiceCenter/upgrades/preparations/${id}`;

    for (const path of [...pagePaths, address]) {
      const text = await page(path);
      expect(text).toContain(
        'The first step of the upgrade process has finished. This environment has been successfully upgraded to Platform Server version (11.18.1)',
      );
      expect(text).toContain('We are now preparing your modules - 50%');
      expect(text).toContain(`<a href="${address}#in-progress">current preparation details</a>`);
      expect(text).toContain(`<a href="${address}#in-progress">More details</a>`);
    }
    const detail = await page(address);
    expect(detail.indexOf('Group 2')).toBeLessThan(detail.indexOf('Group 1'));
    expect(detail).toContain('http-equiv="refresh"');
    const upgrades = await page('/ServiceCenter/upgrades');
    expect(upgrades).toContain(`<a href="${address}">Preparation</a>`);
    expect(upgrades).toContain('http-equiv="refresh"');
    expect(upgrades).not.toContain('<form');
  });

  it('PREP-11 PREP-13 shows after errors what failed, why others were skipped, what to do, and offers Prepare', async () => {
    const { database, page } = await center([
      {
        name: '@acme/money',
        state: 'failed',
        diagnostics: [
          {
            file: 'src/index.ts',
            line: 7,
            column: 3,
            code: 'TS2339',
            message: "Property 'toUpperCase' does not exist",
          },
        ],
      },
      {
        name: claims,
        state: 'skipped',
        producers: ['@acme/money'],
        cause: { module: '@acme/money', path: [claims, '@acme/money'] },
      },
    ]);
    const id = await addPreparation(database, 'finished with errors', { total: 2, failed: 1, skipped: 1 });
    const address = `/ServiceCenter/upgrades/preparations/${id}`;

    const upgrades = await page('/ServiceCenter/upgrades');
    expect(upgrades).toContain(`<a href="${address}#unfinished">There were errors preparing some modules.</a>`);
    for (const path of [...pagePaths, address]) {
      expect(bannerOf(await page(path))).toContain('<a href="/ServiceCenter/upgrades">go to Upgrades</a>');
    }
    expect(upgrades).toContain('0 modules prepared successfully, 1 modules failed and 1 modules skipped.');
    expect(upgrades).toContain('action="/ServiceCenter/upgrades/prepare"');
    const detail = await page(address);
    expect(detail).toContain('src/index.ts:7');
    expect(detail).toContain('Property &#39;toUpperCase&#39; does not exist');
    expect(detail.replace(/<[^>]+>/g, '')).toContain('because of @acme/money (@acme/claims → @acme/money)');
    expect(detail).toContain('publish the failed and skipped modules, producers first: @acme/money, @acme/claims');
    expect(detail).toContain(`href="/api/upgrades/preparations/${id}"`);
  });

  it('DEP-01 offers Deploy after a preparation with modules ready, in releases that have it', async () => {
    const { database, page } = await center([{ name: claims, state: 'prepared', release: '11.18.1' }]);
    const deploy = 'action="/ServiceCenter/upgrades/deploy"';
    await addPreparation(database, 'finished', { total: 1, prepared: 1 });

    const before = await page('/ServiceCenter/upgrades');
    expect(before).toContain('This environment is ready (<a href="/ServiceCenter/releases/11.18.1">Release Notes</a>)');
    expect(before).toContain('No further actions are required.');
    expect(before).toContain('>go to Upgrades</a>');
    expect(before).not.toContain(deploy);
    await toRelease(database, '11.19.0');
    expect(await page('/ServiceCenter/upgrades')).toContain(deploy);
  });

  it('DEP-01 offers no Deploy before there was any preparation, and none when everything runs', async () => {
    const { database, page } = await center([{ name: claims, state: 'prepared', release: '11.18.1' }]);
    await toRelease(database, '11.19.0');
    const deploy = 'action="/ServiceCenter/upgrades/deploy"';

    expect(await page('/ServiceCenter/upgrades')).not.toContain(deploy);
    await addPreparation(database, 'finished', { total: 1, prepared: 1 });
    const upgrades = await page('/ServiceCenter/upgrades');
    expect(upgrades).toContain(deploy);
    expect(upgrades).toContain('<p>1 module can be deployed.</p>');
    await database.updateTable('modules').set({ state: 'pending', token: null }).execute();
    expect(await page('/ServiceCenter/upgrades')).not.toContain(deploy);
  });

  it('PREP-09 the page of an old preparation has its own errors, not those of today, and no advice', async () => {
    const { database, page } = await center([
      { name: claims, state: 'failed', diagnostics: [problem('today')] },
      { name: '@acme/money', state: 'prepared', release: '11.18.1' },
    ]);
    const unfinished = [{ name: '@acme/money', state: 'failed', diagnostics: [problem('back then')], cause: null }];
    const old = await addPreparation(database, 'finished with errors', { total: 1, failed: 1 });
    await database
      .updateTable('preparations')
      .set({ unfinished: JSON.stringify(unfinished) })
      .execute();
    const forgotten = await addPreparation(database, 'finished with errors', { total: 1, failed: 1 });
    const latest = await addPreparation(database, 'finished with errors', { total: 1, failed: 1 });
    const detail = (id: number) => page(`/ServiceCenter/upgrades/preparations/${id}`);

    expect(await detail(old)).toContain('back then');
    expect(await detail(old)).toContain('As this preparation left them');
    for (const id of [old, forgotten]) {
      expect(await detail(id)).not.toContain('today');
      expect(await detail(id)).not.toContain('What to do');
    }
    expect(await detail(latest)).toContain('today');
    expect(await detail(latest)).toContain('What to do');
  });

  it('PREP-13 banner, sidebar, list and page of a running preparation say one percentage, that of its own modules', async () => {
    const { database, page } = await center([
      { name: '@acme/before', state: 'prepared', release: '11.18.1' },
      { name: '@acme/done', state: 'prepared', release: '11.18.1' },
      { name: claims, state: 'preparing' },
      { name: '@acme/money', state: 'pending' },
    ]);
    await lockModule(database, claims);
    const id = await addPreparation(database, 'running', { total: 3 });
    await addGroup(database, { preparation: id, number: 1, status: 'finished', modules: ['@acme/done'] });
    await addGroup(database, { preparation: id, number: 2, status: 'running', modules: [claims] });

    const detail = await page(`/ServiceCenter/upgrades/preparations/${id}`);
    const list = await page('/ServiceCenter/upgrades');
    for (const text of [detail, list]) {
      expect(text).toContain('preparing your modules - 33%');
      expect(text).toContain('Preparing modules: 33 %');
      expect(text).toContain('</progress> 33 %');
    }
    expect(detail).toContain('1 prepared, 0 failed, 0 skipped, 2 left');
    expect(cellsOf(list)).toEqual(['1', '0', '0', '2']);
  });

  it('PREP-10 says that the step itself failed', async () => {
    const { database, page } = await center([{ name: claims, state: 'pending' }]);
    await addPreparation(database, 'failed', { total: 1, left: 1 });

    const banner = bannerOf(await page('/ServiceCenter/'));
    expect(banner).toContain('There was an error preparing your modules.');
    expect(banner).toContain('go to Upgrades');
    expect(await page('/ServiceCenter/upgrades')).toContain('<span class="badge bad">failed</span>');
  });
});

/** Of the first banner of a page. */
function bannerOf(text: string): string {
  return /<div class="banner[\s\S]*?<\/div>/.exec(text)?.[0] ?? '';
}

/** The counts of the newest execution in the list. */
function cellsOf(text: string): readonly (string | undefined)[] {
  const [, row = ''] = /<tbody><tr>([\s\S]*?)<\/tr>/.exec(text) ?? [];
  return [...row.matchAll(/<td class="number">(\d+)</g)].map(([, count]) => count);
}

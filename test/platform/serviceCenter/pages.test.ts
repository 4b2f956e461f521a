/** The pages of Service Center: modules, releases, addresses, and that nothing in them is taken for markup. */
import { describe, expect, it } from 'vitest';
import { notUpgradedText } from '../../../domain/modules/publication.js';
import { environment } from '../serving.js';
import { at, center, claims, pagePaths } from './center.js';
import { addPreparation, lockModule, problem, toRelease } from './rows.js';

describe('the pages', () => {
  it('PREP-15 Release Notes leads to what is known of the release', async () => {
    const { page } = await center();
    expect(await page('/ServiceCenter/releases/11.41.0')).toContain('<li>Deployment service uses port 12101.</li>');
    expect(await page('/ServiceCenter/releases/11.40.1')).toContain('Fixes only');
    expect(await page('/ServiceCenter/releases/99.1.0')).toContain('Nothing is known of this release.');
  });

  it('finds modules by name, application and state, and does not reload while somebody may be typing', async () => {
    const { database, page } = await center([
      { name: claims, state: 'failed', diagnostics: [problem('no')] },
      { name: '@acme/money', state: 'preparing' },
      { name: '@acme/text', state: 'failed' },
    ]);
    await lockModule(database, '@acme/money');
    await addPreparation(database, 'running', { total: 3 });
    const found = async (query: string) =>
      [...(await page(`/ServiceCenter/modules${query}`)).matchAll(/<td class="text"><a href="[^"]+">([^<]+)</g)].map(
        ([, name]) => name,
      );

    expect(await found('')).toEqual([claims, '@acme/money', '@acme/text']);
    expect(await found('?name=TEXT')).toEqual(['@acme/text']);
    expect(await found('?name=claims')).toEqual([claims, '@acme/money', '@acme/text']);
    expect(await found('?name=acme%2Fclaims&state=failed')).toEqual([claims]);
    expect(await found('?state=failed')).toEqual([claims, '@acme/text']);
    const text = await page('/ServiceCenter/modules?name=%22%3E&state=failed');
    expect(text).toContain('name="name" value="&quot;&gt;"');
    expect(text).toContain('<option value="failed" selected>failed (2)</option>');
    expect(text).toContain('No module is like that.');
    for (const path of pagePaths) {
      const shown = await page(path);
      if (/<(?:input|select)/.test(shown)) expect(shown, path).not.toContain('http-equiv="refresh"');
    }
  });

  it('PLAN-06 has every plan as a page of its own, which links lead to', async () => {
    const { url, page } = await center([]);
    expect(await page('/ServiceCenter/plans/0123456789ab')).toBe('<p>The plan 0123456789ab</p>');
    const unknown = await fetch(`${url}/ServiceCenter/plans/ffff`);
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('There is no plan ffff')]);
  });

  it('has a page for addresses that lead nowhere, an icon, and a title on each page', async () => {
    const { page, url } = await center([{ name: claims, state: 'pending' }]);

    for (const path of ['/nowhere', '/ServiceCenter/nowhere', '/ServiceCenter/upgrades/preparations/x']) {
      const response = await fetch(`${url}${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(await response.text()).toContain('<title>Not found - Development - Service Center</title>');
    }
    const [, icon] = (await page('/ServiceCenter/')).match(/<link rel="icon" [^>]*href="([^"]+)"/) ?? [];
    expect((await fetch(`${url}${icon}`)).headers.get('content-type')).toContain('image/svg+xml');
    const titles = await Promise.all(pagePaths.map(async (path) => /<title>([^<]+)/.exec(await page(path))?.[1]));
    expect(new Set(titles).size).toBe(pagePaths.length);
  });

  it('PREP-14 leads to the address of the older report where the release has that one', async () => {
    const { database, page, url } = await center();
    const id = await addPreparation(database, 'running', { total: 0 });
    await toRelease(database, '11.16.1');

    expect(await page('/ServiceCenter/')).toContain(
      '<a href="/ServiceCenter/PrepareModules.aspx">Click here for more details</a>',
    );
    const response = await fetch(`${url}/ServiceCenter/PrepareModules.aspx`);
    expect(response.url).toBe(`${url}/ServiceCenter/upgrades/preparations/${id}`);
    expect(response.status).toBe(200);
  });

  it('PREP-06 shows the status of a module that is not compiled in this release, its references and settings', async () => {
    const { database, page } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'prepared', release: '11.18.1' },
    ]);
    await database
      .insertInto('configurations')
      .values({ environment, module: claims, settings: '{"colour":"blue"}' })
      .execute();

    const text = await page(`/ServiceCenter${at(claims)}`);
    expect(text).toContain(notUpgradedText.replaceAll("'", '&#39;'));
    expect(text).toContain('<a href="/ServiceCenter/modules/%40acme%2Fmoney">@acme/money</a>');
    expect(text).toContain('name="setting.colour" value="blue"');
    expect(await page(`/ServiceCenter${at('@acme/money')}`)).not.toContain(notUpgradedText.replaceAll("'", '&#39;'));
  });

  it('shows names and messages that look like markup as text', async () => {
    const name = '@acme/<img src=x onerror=alert(1)>';
    const message = '"><script>alert(2)</script>';
    const { page, database } = await center([
      { name, state: 'failed', diagnostics: [{ file: '<b>', line: 1, column: 1, code: '<i>', message }] },
      { name: claims, state: 'skipped', producers: [name], cause: { module: name, path: [claims, name] } },
    ]);
    await addPreparation(database, 'finished with errors', { total: 2, failed: 1, skipped: 1 });

    const everywhere = [...pagePaths, `/ServiceCenter${at(name)}`, '/ServiceCenter/upgrades/preparations/1'];
    for (const path of everywhere) {
      const text = await page(path);
      expect(text).not.toContain('<img');
      expect(text).not.toContain('<script');
      expect(text).not.toContain('<i>');
    }
    expect(await page(`/ServiceCenter${at(name)}`)).toContain('&lt;script&gt;alert(2)');
  });

  it('lets nothing run in a page and nobody frame it', async () => {
    const { url } = await center();
    const { headers } = await fetch(`${url}/ServiceCenter/`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await fetch(`${url}/ServiceCenter/style.css`)).headers.get('content-type')).toContain('text/css');
  });
});

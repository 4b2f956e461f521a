/** What the forms of Service Center do, and where they lead. */
import { describe, expect, it } from 'vitest';
import { UpliftError } from '../../../domain/errors.js';
import { packSource, unpackSource } from '../../../platform/embedded/compile/sources.js';
import { defaultSettings } from '../../../platform/embedded/context.js';
import { databaseOperations } from '../../../platform/embedded/serviceCenter/databaseOperations.js';
import type { ServiceCenterOperations } from '../../../platform/embedded/serviceCenter/operations.js';
import { environment, testPlatform } from '../serving.js';
import { at, center, centerWith, claims } from './center.js';
import { addPreparation, lockModule } from './rows.js';

describe('the forms', () => {
  it('leads from a refusal to the page that shows more, instead of naming a command', async () => {
    const { form, database } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'failed' },
    ]);
    const publish = async () => (await form(`/ServiceCenter${at(claims)}/publish`, { user: 'ana' })).text();

    expect(await publish()).toContain('Next: <a href="/ServiceCenter/modules/%40acme%2Fmoney">@acme/money</a></p>');
    await lockModule(database, claims);
    const locked = await publish();
    expect(locked).toContain('Next: <a href="/ServiceCenter/modules">Modules</a> shows when it is free');
    expect(locked).not.toContain('uplift ');
  });

  it('takes the sources of a module from a folder, with the checks of the API', async () => {
    const { url, database, page } = await center([{ name: claims, state: 'pending' }]);
    await database
      .updateTable('sources')
      .set({ files: packSource({ 'src/old.ts': '1' }).blob })
      .execute();
    const address = `/ServiceCenter${at(claims)}`;
    const post = (files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>, user = 'ana') => {
      const body = new FormData();
      body.set('user', user);
      for (const [name, content] of Object.entries(files)) body.append('files', new File([content], name));
      return fetch(`${url}${address}/upload`, { method: 'POST', body, redirect: 'manual' });
    };

    const sources = { 'src/index.ts': "export * from './deep/Claim.js';", 'src/deep/Claim.ts': 'export const é = 1;' };
    const below = Object.fromEntries(Object.entries(sources).map(([name, text]) => [`claims/${name}`, text]));
    const sent = await post({ ...below, 'claims/dist/x.js': 'no' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${address}?done=uploaded`]);
    expect(await page(`${address}?done=uploaded`)).toContain('The sources are stored');
    const { files } = await database
      .selectFrom('sources')
      .innerJoin('modules', 'modules.uploaded_source', 'sources.digest')
      .select('files')
      .executeTakeFirstOrThrow();
    expect(unpackSource(files)).toEqual(sources); // what was there before and is not in the folder is gone

    const refusals = [
      [await post({ 'claims/src/../../evil.ts': '1' }), 'files'],
      [await post({ 'claims/readme.md': '1' }), 'neither a package.json nor TypeScript files'],
      [await post({ 'claims/src/a.ts': new Uint8Array([0xff, 0xfe]) }), 'is not a text in UTF-8'],
      [await post({ 'claims/package.json': '{' }), 'package.json'],
      [await post({ 'claims/src/a.ts': '1' }, ''), 'does not say who you are'],
    ] as const;
    for (const [response, why] of refusals) {
      expect(response.status, why).toBe(400);
      expect(await response.text()).toContain(why);
    }
  });

  it('asks before it deletes, and offers nothing where the module is consumed', async () => {
    const { page } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'pending' },
    ]);
    const asked = (name: string) => page(`/ServiceCenter${at(name)}/delete`);

    const module = await page(`/ServiceCenter${at(claims)}`);
    expect(module).toContain(`<a href="/ServiceCenter${at(claims)}/delete">`);
    expect(module).not.toContain(`action="/ServiceCenter${at(claims)}/delete"`);
    expect(await asked(claims)).toContain(`action="/ServiceCenter${at(claims)}/delete"`);
    expect(await asked('@acme/money')).toContain('It cannot be deleted');
    expect(await asked('@acme/money')).not.toContain('<form');
  });

  it('PREP-05 shows a refusal in the words of the vendor', async () => {
    const { form, database } = await center([{ name: claims, state: 'pending' }]);
    await lockModule(database, claims);

    const response = await form(`/ServiceCenter${at(claims)}/publish`, { user: 'ana' });

    expect(response.status).toBe(409);
    const text = await response.text();
    expect(text).toContain('The 1-Click Publish started by ana at');
    expect(text).toContain('that is locking &#39;@acme/claims&#39; module.');
    expect((await form(`/ServiceCenter${at(claims)}/publish`, {})).status).toBe(400);
  });

  it('shows what was done, and the errors of what does not compile', async () => {
    const publish: ServiceCenterOperations['publish'] = async ({ id, module, user }) => {
      if (user === 'ana') return { id, module, release: '11.18.1', declarationsChanged: false, consumersPending: 0 };
      const diagnostics = [
        { module, file: 'src/List.ts', line: 9, column: 2, code: 'TS1', message: 'no such <thing>' },
      ];
      throw new UpliftError('COMPILATION_FAILED', { what: `${module} does not compile` }, { cause: { diagnostics } });
    };
    const { database, data } = await testPlatform();
    const real = databaseOperations(
      { database, dataFolder: data, settings: defaultSettings },
      environment,
      new AbortController().signal,
    );
    const { form } = await centerWith({ ...real, publish });
    const address = `/ServiceCenter${at(claims)}`;

    const published = await form(`${address}/publish`, { user: 'ana' });
    const failed = await form(`${address}/publish`, { user: 'bo' });

    expect([published.status, published.headers.get('location')]).toEqual([303, `${address}?done=published`]);
    expect(failed.status).toBe(422);
    const text = await failed.text();
    expect(text).toContain('src/List.ts:9');
    expect(text).toContain('no such &lt;thing&gt;');
    expect(text).toContain(`<a href="${address}">Back</a>`);
  });

  it('changes and adds settings, and deletes', async () => {
    const { form, database, page } = await center([{ name: claims, state: 'pending' }]);
    const address = `/ServiceCenter${at(claims)}`;
    await form(`${address}/apply-configurations`, { user: 'ana', name: 'colour', value: 'blue' });
    const changed = await form(`${address}/apply-configurations`, {
      user: 'ana',
      'setting.colour': 'red',
      name: '',
      value: '',
    });

    expect(changed.headers.get('location')).toBe(`${address}?done=configured`);
    expect(await page(`${address}?done=configured`)).toContain('The settings are applied.');
    expect(await page(`${address}?done=constructor`)).toContain('value="red"');
    expect((await form(`${address}/delete`, { user: 'ana' })).headers.get('location')).toBe('/ServiceCenter/modules');
    expect(await database.selectFrom('modules').selectAll().execute()).toEqual([]);
  });

  it('DEP-04 PREP-13 leads from Prepare straight to what it started', async () => {
    const { form, launches } = await center([{ name: claims, state: 'pending' }], (database) =>
      addPreparation(database, 'running', { total: 1 }),
    );

    const response = await form('/ServiceCenter/upgrades/prepare', { user: 'ana' });

    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      '/ServiceCenter/upgrades/preparations/1',
    ]);
    expect(launches).toEqual(['prepare by ana']);
  });
});

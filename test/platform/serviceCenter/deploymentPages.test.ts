/** What the pages of Service Center say of a deployment, and when they call nothing ready. */
import { describe, expect, it } from 'vitest';
import { nowText } from '../../../platform/embedded/database.js';
import { environment } from '../serving.js';
import { center, claims, pagePaths } from './center.js';
import { addPreparation, toRelease } from './rows.js';

describe('the pages', () => {
  it('LIVE-01 calls nothing ready while users are kept out', async () => {
    const { database, page } = await center([{ name: claims, state: 'prepared', release: '11.18.1' }]);
    await addPreparation(database, 'finished', { total: 1, prepared: 1 });
    await toRelease(database, '11.19.0');
    const said = async () => Promise.all([...pagePaths, '/ServiceCenter/upgrades/preparations/1'].map(page));

    for (const text of await said()) expect(text).toContain('This environment is ready');
    await database
      .updateTable('environments')
      .set({ wanted_door: 'closed', door_since: nowText, token: 5000 })
      .execute();
    for (const text of await said()) {
      expect(text).toContain('Users are kept out since');
      expect(text).toContain('Every module is prepared.');
      expect(text.replace(/<[^>]+>/g, '')).not.toMatch(/ready/i);
    }
  });

  it('DEP-04 DEP-06 shows the progress of a deployment module by module, and what it left out', async () => {
    const { database, page } = await center();
    await database
      .insertInto('deployments')
      .values({ environment, release: '11.19.0', status: 'running', requested_by: 'bo', started_at: nowText })
      .execute();
    const items = [
      { module: '@acme/done', state: 'deployed' as const, reason: null },
      { module: '@acme/now', state: 'deploying' as const, reason: null },
      { module: '@acme/old', state: 'skipped' as const, reason: 'compilation failed: TS2339' },
    ];
    await database
      .insertInto('deployment_items')
      .values(items.map((item) => ({ deployment: 1, started_at: null, ended_at: null, ...item })))
      .execute();

    const running = await page('/ServiceCenter/upgrades/deployments/1');
    expect(running).toContain('1 deployed, 0 failed, 1 skipped, 1 left');
    expect(running).toContain('50 %');
    expect(running).toContain('compilation failed: TS2339');
    expect(running).toContain('http-equiv="refresh"');
    await database.deleteFrom('deployment_items').execute();
    await database.updateTable('deployments').set({ status: 'finished', ended_at: nowText }).execute();
    expect(await page('/ServiceCenter/upgrades/deployments/1')).toContain('There was nothing to deploy.');
  });

  it('DEP-05 DEP-06 says after errors what to do, what is not deployed, and what has changed since', async () => {
    const { database, page } = await center([{ name: claims, state: 'pending' }]);
    const text = async () => (await page('/ServiceCenter/upgrades/deployments/1')).replace(/<[^>]+>/g, ' ');
    await database
      .insertInto('deployments')
      .values({
        environment,
        release: '11.19.0',
        status: 'finished with errors',
        requested_by: 'bo',
        started_at: nowText,
      })
      .execute();
    await database
      .insertInto('deployment_items')
      .values({ deployment: 1, module: '@acme/gone', state: 'failed', reason: 'fe-1 is down', instance: 'i1' })
      .execute();

    const failed = (await text()).replace(/\s+/g, ' ');
    expect(failed).toContain('Environment now not fully upgraded');
    expect(failed).toContain('Select Deploy again in Upgrades : it takes only what failed or was prepared since.');
    expect(failed).toContain('If it keeps failing, publish the modules.');
    expect(failed).toContain('Changed since');
    expect(failed).toContain('@acme/gone deleted');

    await database.deleteFrom('modules').execute();
    await database.updateTable('deployments').set({ status: 'finished' }).execute();
    await database.updateTable('deployment_items').set({ state: 'deployed', instance: null }).execute();
    const well = (await text()).replace(/\s+/g, ' ');
    expect(well).toContain('Environment now fully upgraded');
    expect(well).not.toContain('Deploy again');
    expect(well).not.toContain('Changed since');
  });
});

/** What goes wrong in a front end, and where it is told. */
import { describe, expect, it } from 'vitest';
import { observed, page, serving, showing } from './servedModules.js';
import { eventually, fetchFrom, type TestPlatform } from './serving.js';

describe('what goes wrong in a front end', () => {
  const errors = (platform: TestPlatform) =>
    platform.database.selectFrom('error_log').select(['environment', 'front_end', 'module', 'message']).execute();

  it('TEST-01 shows no stack of a failing screen and records the error', async () => {
    const platform = await serving(
      `export const List = { name: 'All claims', render() { throw new TypeError('claims.map is not a function'); } };`,
    );

    const response = await fetchFrom(platform, `${platform.url('fe-1')}/claims/List`);

    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('All claims could not be shown');
    expect(text).not.toContain('claims.map');
    expect(text).not.toContain('index.js');
    expect(await eventually('the error is recorded', async () => (await errors(platform))[0])).toEqual({
      environment: 'Development',
      front_end: 'fe-1',
      module: '@acme/claims',
      message: 'GET List: TypeError: claims.map is not a function',
    });
  });

  it('TEST-01 records errors of background work and of components, and goes on serving', async () => {
    const platform = await serving(`
      const host = globalThis[Symbol.for('uplift.host')];
      export const List = { name: 'List', render() {
        setTimeout(() => { throw new Error('timer failed'); });
        Promise.reject(new Error('nobody waits'));
        host.log({ module: '@acme/claims', level: 'error', message: 'mail refused' });
        host.log({ module: '@acme/claims', level: 'info', message: 'mail sent' });
        return 'shown';
      } };`);
    const screen = `${platform.url('fe-1')}/claims/List`;

    await page(platform, screen);

    await eventually('all three are recorded', async () => {
      const messages = (await errors(platform)).map(({ message }) => message).sort();
      return messages.join() === 'In the background: nobody waits,In the background: timer failed,mail refused';
    });
    expect(await page(platform, screen)).toContain('shown');
  });

  it('says which front ends there are when it is started as another one, and that its port is taken', async () => {
    const platform = await serving(showing('claims'));
    const unknown = await platform.startFrontEnd('fe-9');
    const second = await platform.startFrontEnd('fe-1');

    await eventually('the unknown one ends', async () =>
      unknown.output().includes('There is no front end fe-9; there are: fe-1'),
    );
    await eventually('the second one ends', async () => second.output().includes('PORT_IN_USE'));
    expect(await page(platform, `${platform.url('fe-1')}/claims/List`)).toContain('claims');
    expect(await observed(platform)).toHaveLength(1);
  });
});

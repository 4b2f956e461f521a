/** Hot points are fetched through the balancer. */
import { describe, expect, it } from 'vitest';
import { hotPoints } from '../../platform/embedded/checks.js';
import { balanced } from './balanced.js';
import { environment, testPlatform } from './serving.js';

describe('hot points', () => {
  it('TEST-01 fetches each through the balancer and says what is wrong with those that do not work', async () => {
    const { platform } = await balanced(
      ['fe-1'],
      `export const Good = { name: 'Good', render: () => 'fine' };
       export const Bad = { name: 'Bad', render() { throw new Error('no'); } };
       export const Away = { name: 'Away', render: () => ({ redirect: '/who/Good' }) };`,
    );
    const paths = ['/who/Good', '/who/Bad', '/who/Away', '/_platform/health', '//evil.example/', 'who'];

    const results = await hotPoints(platform.database, environment, paths, new AbortController().signal);

    expect(results.map(({ path: at, ok, status, problem }) => ({ at, ok, status, problem }))).toEqual([
      { at: '/who/Good', ok: true, status: 200, problem: null },
      { at: '/who/Bad', ok: false, status: 500, problem: 'status 500' },
      { at: '/who/Away', ok: true, status: 200, problem: null },
      { at: '/_platform/health', ok: false, status: 404, problem: 'status 404' },
      { at: '//evil.example/', ok: false, status: 0, problem: expect.stringContaining('a hot point is a path') },
      { at: 'who', ok: false, status: 0, problem: expect.stringContaining('a hot point is a path') },
    ]);
    await expect(hotPoints(platform.database, 'Nowhere', paths, new AbortController().signal)).rejects.toThrow(
      'Nowhere',
    );
  });

  it('TEST-01 reports an environment that does not answer instead of failing', async () => {
    const platform = await testPlatform();

    const [result] = await hotPoints(platform.database, environment, ['/who/Good'], new AbortController().signal);

    expect(result).toMatchObject({ ok: false, status: 0, problem: expect.stringContaining('ECONNREFUSED') });
  });
});

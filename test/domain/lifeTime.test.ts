/** LifeTime comes before the environments. */
import { describe, expect, it } from 'vitest';
import { stated } from './analyses.js';

describe('LifeTime', () => {
  const behind = { release: '11.20.0', newest: false };

  it('COMP-02 is upgraded first when it is not on its newest release', () => {
    expect(stated({}, '11.18.1', { lifeTime: behind })).toMatchObject({
      lifeTime: { kind: 'upgrade first', from: '11.20.0', to: '11.33.0' },
      refusals: [],
    });
    expect(stated({}).lifeTime).toEqual({ kind: 'newest', release: '11.33.0' });
  });

  it('COMP-02 is warned of when that is left out, and when it is not described', () => {
    const leftOut = stated({}, '11.18.1', { lifeTime: behind, leaveLifeTimeOut: true });
    expect(leftOut.lifeTime).toEqual({ kind: 'left out', release: '11.20.0', newest: '11.33.0' });
    expect(leftOut.refusals).toEqual([]);
    expect(leftOut.warnings).toMatchObject([
      { rule: 'COMP-02', text: expect.stringMatching(/stays on 11\.20\.0 although 11\.33\.0 is out/) },
    ]);
    expect(stated({}, '11.18.1', { lifeTime: null }).warnings).toMatchObject([
      { rule: 'COMP-02', text: expect.stringMatching(/not described/) },
    ]);
  });

  it('COMP-02 coming from 10 refuses to leave it out', () => {
    const from10 = stated({}, '10.0.1115.0', {
      lifeTime: { release: '10.0.1115.0', newest: false },
      leaveLifeTimeOut: true,
    });
    expect(from10.refusals).toMatchObject([{ rule: 'COMP-02', code: 'LIFETIME_BEHIND' }]);
    const first = stated({}, '10.0.1115.0', { lifeTime: { release: '10.0.1115.0', newest: false } });
    expect(first.refusals).toEqual([]);
  });

  it('COMP-03 in an environment that it shares is refused', () => {
    expect(stated({ 'lifetime-shared-environment': true }).refusals).toMatchObject([
      {
        rule: 'COMP-03',
        code: 'LIFETIME_BEHIND',
        next: 'reinstall LifeTime in a dedicated environment, then plan again',
      },
    ]);
  });
});

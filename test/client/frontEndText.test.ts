/** A front end that is out of traffic, for people. */
import { describe, expect, it } from 'vitest';
import { platformFindings } from '../../client/cli/doctor/platform.js';
import { frontEndText } from '../../client/cli/frontEndText.js';
import type { Place } from '../../client/cli/infrastructure.js';
import type { FrontEndFacts } from '../../port/inventory.js';

describe('a front end out of traffic', () => {
  const serving = { name: 'fe-1', zone: 'Main', url: '', release: '11.18.1', traffic: 'serving' } as const;
  const facts = { ...serving, wanted: { release: '11.18.1', traffic: 'serving' } } as FrontEndFacts;
  const takenOut = { ...facts, traffic: 'drained', wanted: { release: '11.41.0', traffic: 'drained' } } as const;
  const down = { ...facts, traffic: 'drained' } as const;
  const hold = { workflow: 'upgrade/acme', operation: 'upgrade', release: '11.41.0', token: 1, since: '' } as const;

  it.each([
    ['serves', facts, 'fe-1 11.18.1'],
    ['is upgraded', takenOut, 'fe-1 11.18.1 (taken out of traffic, on its way to 11.41.0)'],
    ['is down', down, 'fe-1 11.18.1 (out of traffic: it is down, or the balancer is)'],
    ['was never started', { ...down, release: null }, /^fe-1 not started \(out of traffic, on its way to 11\.18\.1/],
  ])('says so when it %s', (_, now, text) => {
    expect(frontEndText(now)).toMatch(text);
  });

  it.each([
    [
      'taken out by an upgrade',
      takenOut,
      hold,
      /by upgrade\/acme$/,
      /^uplift status Development; .*has ended: uplift upgr/,
    ],
    [
      'left out by one that is gone',
      takenOut,
      null,
      /taken out/,
      /^uplift upgrade --environment Development .*rollback/,
    ],
    ['down', down, null, /is down/, /^read logs\/front-end-fe-1\.log and logs\/balancer-Development\.log/],
  ])('is a problem for doctor, which gives advice that fits: %s', async (_, frontEnd, held, detail, next) => {
    const read = async () => ({ serverRelease: '11.18.1', frontEnds: [facts, frontEnd], hold: held });
    const place = { environment: 'Development', applicationsUrl: 'http://127.0.0.1:1', serviceCenter: { facts: read } };
    const findings = await platformFindings([place as unknown as Place]);
    const [found] = findings.filter(({ check }) => check === 'front ends of Development');
    expect(found).toMatchObject({
      ok: false,
      detail: expect.stringMatching(detail),
      next: expect.stringMatching(next),
    });
    expect(found?.next).not.toContain('uplift up ');
  });
});

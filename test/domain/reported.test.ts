import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../activities/checks.js';
import { reported } from '../../contract/reported.js';
import type { DeploymentReport } from '../../port/deployment.js';
import type { PreparationReport } from '../../port/preparation.js';
import type { RestoreReport } from '../../port/snapshots.js';

/** Long, of any script, with what has to be escaped, and with nothing of it. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom('x', '語', '\u{1f600}', '\u0000', '"', '\\', '\ud800', '\n', '@'),
      fc.integer({ min: 200, max: 50_000 }),
    )
    .map(([character, times]) => character.repeat(times)),
);
const few = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 10, size: 'max' });
const count = fc.nat();
const moment = fc.constant('2026-11-27T17:00:00.000Z');

const preparation: fc.Arbitrary<PreparationReport> = fc.record({
  preparation: count,
  environment: hostile,
  release: hostile,
  status: fc.constant('finished with errors'),
  scope: fc.constant('unfinished'),
  requestedBy: hostile,
  startedAt: moment,
  endedAt: moment,
  groups: count,
  prepared: count,
  preparedInIt: count,
  failed: count,
  skipped: count,
  notApplicable: count,
  left: count,
  percent: count,
  timeLeft: count,
  meanTimes: fc.record({ perModule: count, untilPublishable: count }),
  failures: few(fc.record({ module: hostile, problem: hostile })),
});
const deployment: fc.Arbitrary<DeploymentReport> = fc.record({
  deployment: count,
  environment: hostile,
  release: hostile,
  status: fc.constant('stopped'),
  requestedBy: hostile,
  startedAt: moment,
  endedAt: moment,
  deployed: count,
  failed: count,
  skipped: count,
  left: count,
  fullyUpgraded: fc.boolean(),
  notDeployed: few(fc.record({ module: hostile, reason: hostile })),
  drift: few(fc.record({ module: hostile, change: fc.constant('added') })),
});
const checks: fc.Arbitrary<CheckResult> = fc.record({
  checked: count,
  failures: count,
  failed: few(fc.record({ path: hostile, ok: fc.boolean(), status: count, milliseconds: count, problem: hostile })),
  newErrors: few(fc.record({ module: fc.option(hostile), message: hostile, count })),
  outdated: count,
  tested: fc.option(hostile),
});
const restore: fc.Arbitrary<RestoreReport> = fc.record({
  snapshot: hostile,
  release: hostile,
  modules: count,
  rows: count,
  lost: fc.record({ rows: count, behindTheDoor: count, from: hostile, to: hostile }),
  kept: fc.option(hostile),
});

describe('a report', () => {
  it.each<[string, fc.Arbitrary<unknown>]>([
    ['a preparation', preparation],
    ['a deployment', deployment],
    ['checks', checks],
    ['a restore', restore],
  ])('of %s stays below 64 KB, whatever modules, messages and paths are called', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (report) => {
        expect(Buffer.byteLength(JSON.stringify(reported(report)))).toBeLessThan(65_536);
      }),
      { numRuns: 50 },
    );
  });

  it('that is short is as it was', () => {
    const report = { module: '@acme/claims', lost: { rows: 3, from: null }, failures: [{ problem: 'x' }], done: true };
    expect(reported(report)).toEqual(report);
  });
});

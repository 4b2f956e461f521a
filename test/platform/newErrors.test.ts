/** The error log before and after: what is new since an upgrade began. */
import { describe, expect, it } from 'vitest';
import { newErrors } from '../../platform/embedded/newErrors.js';
import { environment, testPlatform } from './serving.js';

interface Entry {
  readonly at: string;
  readonly message: string;
}

const began = '2026-03-01T22:00:00Z';
const before = '2026-03-01T21:59:59.999Z';
const after = '2026-03-01T22:00:00.000Z';

/** New errors of an environment whose log holds these entries. */
async function newIn(entries: readonly Entry[], since = began) {
  const { database, data } = await testPlatform();
  for (const { at, message } of entries) {
    await database
      .insertInto('error_log')
      .values({ at, message, module: '@acme/claims', environment, front_end: 'fe-1' })
      .execute();
  }
  return newErrors({ database, dataFolder: data }, environment, since);
}

describe('what counts as new', () => {
  it.each([
    ['another number', 'GET Claim: there is no claim 17', 'GET Claim: there is no claim 2048'],
    ['another amount', 'The limit is 1,000.50', 'The limit is 7'],
    ['another moment', 'late since 2026-03-01T10:00:00.000Z', 'late since 2026-03-01T22:17:03.250Z'],
    ['another id', 'no policy PO-000002', 'no policy PO-000917'],
    ['another random id', 'lost 3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'lost 0c2504e0-4f89-11d3-9a0c-0305e82c33ff'],
    ['another digest', 'artifact 9f86d081884c7d65 is damaged', 'artifact 60303ae22b998861 is damaged'],
    ['another quoted value', `nobody is called "Ana O'Hara"`, 'nobody is called "Bo 7"'],
    ['another value in single quotes', `can't find 'blue'`, `can't find 'red'`],
  ])('TEST-01 %s in a known message makes no new error', async (_what, known, now) => {
    expect(
      await newIn([
        { at: before, message: known },
        { at: after, message: now },
      ]),
    ).toEqual([]);
  });

  it('TEST-01 lists each new kind once, with its first message and how often it came, most frequent first', async () => {
    const found = await newIn([
      { at: before, message: 'GET List: format is not a function' },
      { at: after, message: 'GET Claim: claim 3 has no owner' },
      { at: '2026-03-01T23:00:00.000Z', message: 'POST Pay: timed out' },
      { at: '2026-03-01T23:00:01.000Z', message: 'POST Pay: timed out' },
      { at: '2026-03-02T01:00:00.000Z', message: 'POST Pay: timed out' },
      { at: '2026-03-02T01:00:00.000Z', message: 'GET Claim: claim 9 has no owner' },
      { at: '2026-03-02T01:00:00.000Z', message: 'GET List: format is not a function' },
    ]);

    expect(found).toEqual([
      { module: '@acme/claims', message: 'POST Pay: timed out', count: 3 },
      { module: '@acme/claims', message: 'GET Claim: claim 3 has no owner', count: 2 },
    ]);
  });

  it('TEST-01 tells modules apart, sees what no module is to blame for, and leaves other environments alone', async () => {
    const { database, data } = await testPlatform();
    const write = (row: { at: string; module: string | null; environment: string }) =>
      database
        .insertInto('error_log')
        .values({ ...row, message: 'In the background: no', front_end: null })
        .execute();
    await write({ at: before, module: '@acme/claims', environment });
    await write({ at: before, module: null, environment: 'Testing' });
    await write({ at: after, module: '@acme/claims', environment });
    await write({ at: after, module: '@acme/policies', environment });
    await write({ at: after, module: null, environment });
    await write({ at: after, module: '@acme/garages', environment: 'Testing' });

    expect(await newErrors({ database, dataFolder: data }, environment, began)).toEqual([
      { module: '@acme/policies', message: 'In the background: no', count: 1 },
      { module: null, message: 'In the background: no', count: 1 },
    ]);
  });
});

describe('since when', () => {
  it.each([
    ['without milliseconds', '2026-03-01T22:00:00Z'],
    ['in another time zone', '2026-03-01T23:00:00.000+01:00'],
  ])('TEST-01 understands a moment %s', async (_how, since) => {
    const entries = [{ at: '2026-03-01T22:00:00.500Z', message: 'new' }];
    expect(await newIn(entries, since)).toHaveLength(1);
    expect(await newIn([...entries, { at: before, message: 'new' }], since)).toEqual([]);
  });

  it('refuses what is no moment, and an environment that does not exist', async () => {
    const { database, data } = await testPlatform();
    await expect(newErrors({ database, dataFolder: data }, environment, 'yesterday')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    await expect(newErrors({ database, dataFolder: data }, 'Nowhere', began)).rejects.toMatchObject({
      code: 'ENVIRONMENT_UNKNOWN',
    });
  });
});

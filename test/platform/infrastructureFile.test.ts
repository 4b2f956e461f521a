/** An infrastructure as its file describes it, and the schema of that file. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOpen } from '../../domain/calendar/window.js';
import { infrastructureSchema, readInfrastructure } from '../../store/infrastructureFile.js';
import { acme, everything, parse, small } from './infrastructureFiles.js';

describe('a file', () => {
  it('becomes an infrastructure with everything that it says', () => {
    const { environments, ...rest } = parse(everything);
    expect(rest).toEqual({
      infrastructure: 'insurer',
      lifeTime: { release: '11.30.1', newest: false },
      hotPoints: ['/claims/Claims'],
    });
    const timeZone = 'Europe/Lisbon';
    expect(environments[1]).toEqual({
      name: 'Production',
      stage: 'production',
      release: '11.18',
      hosting: 'cloud',
      timeZone,
      zones: [
        { name: 'A', frontEnds: ['prod-a1', 'prod-a2'] },
        { name: 'B', frontEnds: ['prod-b1', 'prod-b2'] },
      ],
      controller: 'prod-a1',
      address: 'https://apps.acme.example',
      windows: [
        { weekday: 'saturday', opens: '22:00', minutes: 360, timeZone },
        { weekday: 'sunday', opens: '22:00', minutes: 360, timeZone },
        { weekday: 'wednesday', opens: '23:30', minutes: 90, timeZone },
      ],
      freezes: [
        { from: '2026-11-27T18:00', to: '2026-11-30T06:00', timeZone, reason: 'sale' },
        { from: '2026-12-15T00:00', to: '2027-01-07T00:00', timeZone, reason: 'turn of the year' },
      ],
      strategy: { kind: 'zero downtime', businessReason: 'claims are filed day and night' },
      applications: 'publish all',
      gates: {
        plan: { approvers: ['ana', 'rui'], quorum: 2, excludeRequester: false },
        start: { approvers: [], quorum: 2, excludeRequester: true },
        window: { approvers: [], quorum: 1, excludeRequester: false },
        applications: { approvers: [], quorum: 1, excludeRequester: false },
        tests: { approvers: [], quorum: 1, excludeRequester: false },
        'go live': { approvers: ['ana', 'rui'], quorum: 1, excludeRequester: true },
        rollback: { approvers: [], quorum: 1, excludeRequester: false, expiresAfterHours: 24 },
      },
      checks: {
        hotPoints: ['/portal/MyInsurance'],
        tests: ['Pedro pays a premium'],
        entry: { header: 'X-Checks', value: { kind: 'variable', name: 'UPLIFT_ENTRY_PRODUCTION' } },
      },
      teams: [{ name: 'Acceptance', role: 'test', members: ['sofia'] }],
    });
  });

  it('CLOUD-06 takes from its defaults what an environment does not say for itself', () => {
    const [development] = parse(everything).environments;
    expect(development).toMatchObject({
      hosting: 'self-managed',
      timeZone: 'America/New_York',
      windows: [],
      applications: 'gradual',
      freezes: [{ reason: 'turn of the year' }],
      gates: { start: { approvers: ['ana'], quorum: 1 }, 'go live': { quorum: 0 } },
      teams: [{ name: 'Claims' }],
    });
  });

  it('needs little: any time, downtime, Deploy All, and nobody asked before a development environment is touched', () => {
    expect(parse(small())).toMatchObject({
      lifeTime: null,
      hotPoints: [],
      environments: [
        {
          hosting: 'self-managed',
          timeZone: 'UTC',
          windows: [],
          freezes: [],
          strategy: { kind: 'downtime' },
          applications: 'deploy all',
          gates: { plan: { quorum: 1 }, start: { quorum: 0 } },
        },
      ],
    });
  });

  it('is read with a byte order mark, with carriage returns, and as JSON', () => {
    expect(parse(`\uFEFF${small()}`)).toEqual(parse(small()));
    expect(parse(small().replaceAll('\n', '\r\n'))).toEqual(parse(small()));
    const [environment] = [
      { name: 'D', stage: 'testing', release: '11.41.0', zones: [{ name: 'M', frontEnds: ['f'] }] },
    ];
    expect(parse(JSON.stringify({ infrastructure: 'x', environments: [environment] })).infrastructure).toBe('x');
  });

  it('of the sample has the four stages, and its production is open at any hour', () => {
    const { environments } = parse(acme);
    expect(environments.map(({ stage }) => stage)).toEqual(['development', 'testing', 'pre-production', 'production']);
    const production = environments[3];
    for (const now of ['2026-10-25T23:30Z', '2027-03-28T01:30Z', '2026-07-01T12:00Z']) {
      expect(isOpen(production?.windows ?? [], production?.freezes ?? [], Date.parse(now)), now).toBe(true);
    }
    expect(production?.gates['go live']).toMatchObject({ quorum: 1, excludeRequester: true });
  });
});

describe('a folder', () => {
  it('without the file has no infrastructure; with something else of its name it is told', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'uplift-test-'));
    expect(await readInfrastructure(folder)).toBeUndefined();
    fs.writeFileSync(path.join(folder, 'uplift.yaml'), small());
    expect(await readInfrastructure(folder)).toEqual(parse(small()));
    fs.rmSync(path.join(folder, 'uplift.yaml'));
    fs.mkdirSync(path.join(folder, 'uplift.yaml'));
    await expect(readInfrastructure(folder)).rejects.toMatchObject({
      code: 'FACTORY_INVALID',
      message: expect.stringMatching(/^uplift\.yaml:1:1: the file cannot be read \(EISDIR\)/),
    });
  });
});

it('LIVE-01 an environment says on its maintenance page what it says for itself, else what defaults say', () => {
  const { environments } = parse(`
infrastructure: acme
defaults:
  maintenance: { text: Back soon, contact: '1234' }
environments:
  - name: Development
    stage: development
    release: 11.18.1
    zones: [{ name: Main, frontEnds: [fe-1] }]
  - name: Production
    stage: production
    release: 11.18.1
    zones: [{ name: Main, frontEnds: [fe-2] }]
    maintenance: { text: Closed tonight }
`);
  expect(environments.map(({ maintenance }) => maintenance)).toEqual([
    { text: 'Back soon', contact: '1234' },
    { text: 'Closed tonight' },
  ]);
});

describe('the schema for editors', () => {
  const file = new URL('../../docs/uplift.schema.json', import.meta.url);

  it('docs/uplift.schema.json is current: UPLIFT_WRITE_SCHEMA=1 writes it', () => {
    const schema = infrastructureSchema();
    if (process.env['UPLIFT_WRITE_SCHEMA']) fs.writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('docs/infrastructure-file.md begins with a file that can be read, and names every key', () => {
    const page = fs.readFileSync(new URL('../../docs/infrastructure-file.md', import.meta.url), 'utf8');
    const [, example = ''] = /```yaml\n([^`]*)```/.exec(page) ?? [];
    expect(parse(example).environments.map(({ name }) => name)).toEqual(['Development', 'Production']);
    const keys = keysOf(infrastructureSchema(), '').map(({ key }) => key.split('.').at(-1)?.replace('[]', ''));
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
  });

  it('describes every key', () => {
    const undescribed = keysOf(infrastructureSchema(), '').filter(({ description }) => !description);
    expect(undescribed.map(({ key }) => key)).toEqual([]);
  });
});

interface Described {
  readonly key: string;
  readonly description: unknown;
}

function keysOf(schema: unknown, at: string): Described[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items } = schema as {
    properties?: Record<string, { description?: unknown }>;
    items?: unknown;
  };
  const own = Object.entries(properties).flatMap(([key, property]) => [
    { key: `${at}.${key}`, description: property.description },
    ...keysOf(property, `${at}.${key}`),
  ]);
  return [...own, ...keysOf(items, `${at}[]`)];
}

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../domain/calendar/localTime.js';
import { isOpen } from '../../domain/calendar/window.js';
import { UpliftError } from '../../domain/errors.js';
import {
  gateNames,
  type Infrastructure,
  leastPolicy,
  zonesTooSmall,
} from '../../domain/infrastructure/infrastructure.js';
import { infrastructureSchema, parseInfrastructure, readInfrastructure } from '../../store/infrastructureFile.js';
import { anyBytes, anyMutated } from './mutatedFiles.js';

const acme = fs.readFileSync(new URL('../../examples/acme/uplift.yaml', import.meta.url), 'utf8');

/** Says everything that can be said. */
const everything = `infrastructure: insurer
lifeTime: { release: 11.30.1, newest: false }
hotPoints: [/claims/Claims]
defaults:
  timeZone: America/New_York
  hosting: cloud
  applications: gradual
  windows:
    - &nights { weekdays: [saturday, sunday], opens: '22:00', hours: 6 }
  freezes:
    - { from: 2026-12-15, to: 2027-01-06, reason: turn of the year }
  gates:
    plan: { approvers: [ana, rui], quorum: 2 }
    start: { approvers: [ana] }
  teams:
    - { name: Claims, role: development, members: [ines, João] }
environments:
  - name: Development
    stage: development
    release: 11.18.1
    zones: [{ name: Main, frontEnds: [dev-1] }]
    windows: []
    hosting: self-managed
  - name: Production
    stage: production
    release: '11.18'
    timeZone: Europe/Lisbon
    controller: prod-a1
    zones:
      - { name: A, frontEnds: [prod-a1, prod-a2] }
      - { name: B, frontEnds: [prod-b1, prod-b2] }
    windows:
      - *nights
      - { weekdays: [wednesday], opens: '23:30', minutes: 90 }
    freezes:
      - { from: 2026-11-27 18:00, to: 2026-11-30T06:00, reason: sale }
    strategy: zero downtime
    businessReason: claims are filed day and night
    applications: publish all
    gates:
      start: { quorum: 2 }
      go live: { approvers: [ana, rui], quorum: 1 }
    checks:
      hotPoints: [/portal/MyInsurance]
      tests: [Pedro pays a premium]
    teams:
      - { name: Acceptance, role: test, members: [sofia] }
`;

const parse = (text: string | Uint8Array, releases?: readonly string[]): Infrastructure =>
  parseInfrastructure(typeof text === 'string' ? Buffer.from(text) : text, releases ? { releases } : {});

/** The complaints, a line each. */
function complaints(text: string | Uint8Array, releases?: readonly string[]): readonly string[] {
  try {
    parse(text, releases);
  } catch (error) {
    if (!(error instanceof UpliftError) || error.code !== 'FACTORY_INVALID') throw error;
    expect(error.message).toMatch(/^uplift\.yaml:\d+:\d+: /);
    return error.parts.what.split('\n');
  }
  return [];
}

/** The file with one Development, and what is put at the end of it. */
const small = (rest = '', top = ''): string => `infrastructure: acme
${top}environments:
  - name: Development
    stage: development
    release: 11.18.1
    zones: [{ name: Main, frontEnds: [fe-1, fe-2] }]
${rest}`;

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
      checks: { hotPoints: ['/portal/MyInsurance'], tests: ['Pedro pays a premium'] },
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

describe('a complaint names its place, what is wrong and what is allowed', () => {
  // ▶ stands before the place that the complaint has to name.
  it.each<[string, string, string]>([
    [
      'a key nobody knows',
      small('    ▶freezs: []\n'),
      '"environments", entry 1 has no key "freezs"; perhaps "freezes" is meant; there are name, ',
    ],
    [
      'a key nobody knows at the top',
      small('', '▶hotpoints: []\n'),
      'the file has no key "hotpoints"; perhaps "hotPoints" is meant',
    ],
    ['a key given twice', small('    ▶stage: testing\n'), 'the key "stage" stands here a second time'],
    [
      'a key that is missing',
      small().replace('name: Dev', '▶name: Dev').replace('    stage: development\n', ''),
      '"stage" is missing (Its place in the lifecycle: development, ',
    ],
    ['a wrong type', small('    windows: ▶nights\n'), '"windows" has to be a list, not the text "nights"'],
    ['a value that is missing', small('    checks: ▶~\n'), '"checks" has to be keys with values, not nothing'],
    [
      'a number that is a release',
      small().replace('11.18.1', '▶11.10'),
      '"release" has to be a text, not 11.1; put it in quotes: "11.10"',
    ],
    [
      'a release that is none',
      small().replace('11.18.1', '▶newest'),
      '"release" is "newest"; a release is two to four numbers',
    ],
    [
      'a choice that is none',
      small('    hosting: ▶clout\n'),
      '"hosting" is the text "clout"; it has to be one of "self-managed", "cloud": perhaps "cloud"',
    ],
    ['a name that cannot be a folder', small().replace('Development', '▶../x'), '"name" is "../x"; a name has letters'],
    [
      'a list without entries',
      small().replace('[fe-1, fe-2]', '▶[]'),
      '"frontEnds" has 0 entries; at least 1 is needed',
    ],
    ['a number out of range', small('    gates: { plan: { quorum: ▶21 } }\n'), '"quorum" is 21; up to 20 is allowed'],
    [
      'an expiry of a gate that has to be answered',
      small('    gates: { tests: { ▶expiresAfterHours: 8 } }\n'),
      '"tests" has no key "expiresAfterHours"',
    ],
    [
      'half an hour',
      small(windows('{ weekdays: [monday], opens: 22:00, hours: ▶1.5 }')),
      '"hours" has to be a whole number, not 1.5',
    ],
    [
      'a time of day that is none',
      small(windows('{ weekdays: [monday], opens: ▶24:00, hours: 2 }')),
      '"opens" is "24:00"; a time of day is needed',
    ],
    [
      'hours and minutes',
      small(windows('▶{ weekdays: [monday], opens: 22:00, hours: 2, minutes: 3 }')),
      'a window has either hours or minutes',
    ],
    [
      'neither hours nor minutes',
      small(windows('▶{ weekdays: [monday], opens: 22:00 }')),
      'a window has either hours or minutes',
    ],
    [
      'a time zone that is none',
      small('    timeZone: ▶Europe/Lisabon\n'),
      '"timeZone" is "Europe/Lisabon"; a time zone has its IANA name, such as Europe/Lisbon or UTC; perhaps "Europe/Lisbon" is meant',
    ],
    [
      'a time zone written otherwise',
      small('    timeZone: ▶europe/lisbon\n'),
      '"timeZone" is "europe/lisbon"; a time zone has its IANA name',
    ],
    [
      'windows in no time zone',
      small(windows('{ weekdays: [monday], opens: 22:00, hours: 2 }'))
        .replace('name: Dev', '▶name: Dev')
        .replace('    timeZone: UTC\n', ''),
      'Development has windows or freezes and no timeZone; name one',
    ],
    [
      'a day that the calendar has not',
      small(freezes('▶2026-02-30', '2026-03-01')),
      '"from" is "2026-02-30"; the calendar has no such day',
    ],
    [
      'a freeze that ends before it begins',
      small(freezes('2026-03-02', '▶2026-03-01')),
      'the freeze "x" ends before it begins',
    ],
    [
      'a hot point that is no path',
      small('hotPoints: [/a, ▶claims]\n'),
      '"hotPoints", entry 2 is "claims"; a path begins with "/"',
    ],
    ['zero downtime without a reason', small('    strategy: ▶zero downtime\n'), 'zero downtime needs a businessReason'],
    [
      'a reason without zero downtime',
      small('    businessReason: ▶we like it\n'),
      'a businessReason is for the strategy zero downtime',
    ],
    [
      'LIVE-02 zero downtime with one front end in a zone',
      everything.replace('[prod-b1, prod-b2]', '▶[prod-b1]'),
      'the zone "B" of Production has 1 front end, and zero downtime needs at least 2 in every zone',
    ],
    [
      'no approval of the plan',
      small('    gates: { plan: { quorum: ▶0 } }\n'),
      'the gate "plan" of Development asks for 0 approvals; at least 1 is needed',
    ],
    [
      'no approval before production starts',
      everything.replace('start: { quorum: 2 }', 'start: { quorum: ▶0 }'),
      'the gate "start" of Production asks for 0 approvals; at least 1 is needed',
    ],
    [
      'PLAN-04 an order that is no lifecycle',
      everything.replace('stage: production', 'stage: ▶development').replace('stage: development', 'stage: testing'),
      'Production (development) comes after Development (testing); environments come in the order development, ',
    ],
    [
      'two front ends of one name',
      everything.replace('prod-a2', '▶dev-1'),
      'the front end "dev-1" stands here a second time',
    ],
    ['text that is not YAML', small('    checks: { tests: [a ▶}\n'), 'this cannot be read as YAML ('],
    ['a tab', small('▶\tchecks: {}\n'), 'this cannot be read as YAML ('],
    ['an alias of nothing', small('    windows: ▶*nights\n'), 'no &nights stands above this *nights'],
    ['an alias in its own anchor', small('    windows: &n [▶*n]\n'), '*n stands for a value that it is part of'],
    ['an anchor given twice', small('    checks: &a { tests: &a ▶[x] }\n'), 'the anchor &a stands here a second time'],
    ['two documents', `${small()}▶---\na: b\n`, 'this cannot be read as YAML ('],
    ['a tag', small('    hosting: ▶!cloud x\n'), 'this cannot be read as YAML ('],
    ['another version of YAML', `▶%YAML 1.1\n---\n${small()}`, 'the file is read as YAML 1.2'],
    ['a key that is no text', small('    ▶7: x\n'), 'a key is a text; put it in quotes'],
    ['the prototype', small('    ▶__proto__: { stage: testing }\n'), '"environments", entry 1 has no key "__proto__"'],
    ['no text at all', '▶', 'the file says nothing'],
    ['one word', '▶acme', 'the file has to be keys with values, not the text "acme"'],
  ])('%s', (_, marked, problem) => {
    const before = marked.slice(0, marked.indexOf('▶')).split('\n');
    const place = `uplift.yaml:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    const [first] = complaints(marked.replace('▶', ''));
    expect(first?.slice(0, place.length + 2 + problem.length)).toBe(`${place}: ${problem}`);
  });

  it('a release that the factory does not have', () => {
    expect(complaints(small(), ['11.41.0'])).toEqual([
      'uplift.yaml:5:14: Development is on 11.18.1, and releases/ has 11.41.0',
    ]);
    expect(complaints(small(), ['11.18.1', '11.41.0'])).toEqual([]);
  });

  it('bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('infrastructure: acme\nhé'), Buffer.from([0xff, 0x41])]);
    expect(complaints(bytes)).toEqual(['uplift.yaml:2:3: this is not UTF-8; save the file in that encoding']);
  });

  it('all of them at once, in the order of the file, of shape and rules together', () => {
    const text = small('    freezs: []\n    strategy: zero downtime\n', 'lifeTime: { release: 11, newest: maybe }\n');
    expect(complaints(text).map((line) => line.split(':').slice(1, 3).join(':'))).toEqual(['2:22', '2:34', '8:5']);
    expect(complaints(text.replace('    freezs: []\n', '')).length).toBe(3);
  });

  it('up to twenty, and how many more there are', () => {
    const many = Array.from({ length: 33 }, (_, index) => `    key${index}: x\n`).join('');
    const lines = complaints(small(many));
    expect(lines.length).toBe(21);
    expect(lines.at(-1)).toBe('and 13 more');
  });

  it('once for what several aliases repeat', () => {
    const first = small(
      '    windows: &w [{ weekdays: [monday], opens: 22:00, hours: 0 }]\n',
      'defaults: { timeZone: UTC }\n',
    );
    const second = '{ name: T, stage: testing, release: 11.18.1, zones: [{ name: M, frontEnds: [t] }], windows: *w }';
    expect(complaints(`${first}  - ${second}\n`)).toEqual(['uplift.yaml:8:61: "hours" is 0; at least 1 is needed']);
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

describe('whatever the bytes are', () => {
  const runs = process.env['UPLIFT_LONG'] ? 10_000 : 400;

  it(`${runs} mutated files are read, or refused with a place in the file`, () => {
    let refused = 0;
    fc.assert(
      fc.property(anyMutated([everything, acme, small()]), (bytes) => {
        if (checkAnswer(bytes) === 'refused') refused++;
      }),
      { numRuns: runs, seed: 20260704 },
    );
    expect(refused).toBeGreaterThan(runs / 2);
    expect(refused).toBeLessThan(runs);
  });

  it('bytes that were never a file are refused with a place in them', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(checkAnswer(bytes)).toBe('refused');
      }),
      { numRuns: Math.min(runs, 2000), seed: 7 },
    );
  });

  it.each<[string, string]>([
    ['an alias bomb', bomb(12)],
    ['the same keys over and over', 'a:\n'.repeat(40_000)],
    ['different keys without end', many((index) => `k${index}:\n`, 15_000)],
    ['lists in lists', '['.repeat(130_000)],
    ['keys in keys', '{a: '.repeat(32_000)],
    ['dashes', '- '.repeat(65_000)],
    ['aliases', `a: &a x\nb: [${'*a,'.repeat(40_000)}]`],
    ['environments that are nothing', `environments: [${'{},'.repeat(40_000)}]`],
    ['time zones that are none', `environments: [${many((index) => `{timeZone: Nowhere/Nothing${index}},`, 3000)}]`],
    ['quotes', '"'.repeat(130_000)],
    ['one long name', `infrastructure: ${'a'.repeat(130_000)}`],
    ['a file of many megabytes', 'x'.repeat(20_000_000)],
  ])('%s is refused, and soon', (_, text) => {
    const started = process.cpuUsage();
    expect(checkAnswer(new TextEncoder().encode(text))).toBe('refused');
    expect(process.cpuUsage(started).user).toBeLessThan(15_000_000);
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

/** Either the file is read and holds what every infrastructure does, or it is refused with places that it has. */
function checkAnswer(bytes: Uint8Array): 'read' | 'refused' {
  const lines = complaints(bytes);
  if (lines.length === 0) {
    checkRead(parse(bytes));
    return 'read';
  }
  const text = Buffer.from(bytes).toString('utf8').split('\n');
  expect(lines.length).toBeLessThanOrEqual(21);
  for (const [index, line] of lines.entries()) {
    if (index === 20 && /^and \d+ more$/.test(line)) continue;
    const [, row, column] = /^uplift\.yaml:(\d+):(\d+): [^\p{Cc}]*\S[^\p{Cc}]*$/u.exec(line) ?? [];
    expect(Number(row), line).toBeGreaterThanOrEqual(1);
    expect(Number(row), line).toBeLessThanOrEqual(text.length);
    expect(Number(column), line).toBeGreaterThanOrEqual(1);
    expect(Number(column), line).toBeLessThanOrEqual((text[Number(row) - 1]?.length ?? 0) + 1);
  }
  return 'refused';
}

function checkRead({ environments }: Infrastructure): void {
  const frontEnds = environments.flatMap(({ zones }) => zones.flatMap((zone) => zone.frontEnds));
  expect(new Set(frontEnds.map((name) => name.toLowerCase())).size).toBe(frontEnds.length);
  expect(new Set(environments.map(({ name }) => name.toLowerCase())).size).toBe(environments.length);
  for (const environment of environments) {
    const { stage, gates, timeZone, strategy, windows } = environment;
    expect(isTimeZone(timeZone)).toBe(true);
    if (strategy.kind === 'zero downtime') expect(zonesTooSmall(environment)).toEqual([]);
    for (const gate of gateNames) expect(gates[gate].quorum).toBeGreaterThanOrEqual(leastPolicy(gate, stage).quorum);
    for (const { minutes } of windows) expect(minutes).toBeGreaterThan(0);
  }
}

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

function windows(window: string): string {
  return `    timeZone: UTC\n    windows: [${window}]\n`;
}

function freezes(from: string, to: string): string {
  return `    timeZone: UTC\n    freezes: [{ reason: x, from: ${from}, to: ${to} }]\n`;
}

/** Each level has the former nine times. */
function bomb(levels: number): string {
  const level = (index: number) => `l${index + 1}: &l${index + 1} [${Array(9).fill(`*l${index}`).join(', ')}]\n`;
  return `l0: &l0 x\n${many(level, levels)}`;
}

function many(text: (index: number) => string, count: number): string {
  return Array.from({ length: count }, (_, index) => text(index)).join('');
}

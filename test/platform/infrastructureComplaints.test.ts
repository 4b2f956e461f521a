/** A complaint about the file of an infrastructure names its place, what is wrong and what is allowed. */
import { describe, expect, it } from 'vitest';
import { complaints, everything, small } from './infrastructureFiles.js';

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
    ...[
      'apps.acme.example',
      'ftp://acme.example',
      'https://ana:pw@acme.example',
      'https://acme.example/apps',
      'https://a?b',
    ].map((wrong): [string, string, string] => [
      `the address ${wrong}`,
      small(`    address: ▶'${wrong}'\n`),
      `"address" is ${JSON.stringify(wrong)}; an address is http:// or https:// with a host, without user, path`,
    ]),
    [
      'an address of no host',
      small("    address: ▶'https://a:99999'\n"),
      '"address" is "https://a:99999"; an address needs a',
    ],
    [
      'the address of another environment',
      everything
        .replace('stage: development', 'stage: development\n    address: https://apps.acme.example')
        .replace('address: HTTPS', 'address: ▶HTTPS'),
      'the address "https://apps.acme.example" stands here a second time',
    ],
    [
      'a header that says where a request goes',
      small(entry('header: ▶Host, variable: UPLIFT_ENTRY_A')),
      '"header" is "Host"; this header says how a request is sent',
    ],
    [
      'a variable that is not meant for the site',
      small(entry('header: X-A, variable: ▶TEMPORAL_API_KEY')),
      '"variable" is "TEMPORAL_API_KEY"; such a variable begins with UPLIFT_ENTRY_',
    ],
    ['a secret itself', small(entry('header: X-A, ▶value: secret')), '"entry" has no key "value"; '],
    [
      'a file that is found from somewhere',
      small(entry('header: X-A, file: ▶../secret')),
      '"file" is "../secret"; a path from the root is needed',
    ],
    ['an entry without a value', small(entry('header: X-A', '▶')), 'an entry has either a variable or a file'],
    [
      'an entry with two',
      small(entry('header: X-A, variable: UPLIFT_ENTRY_A, file: /a', '▶')),
      'an entry has either a variable or a file',
    ],
    [
      'an entry to nowhere',
      small('    checks: { entry: ▶{ header: X-A, file: /a } }\n'),
      'the entry of Development is sent to its address; name that',
    ],
    [
      'a provider where everything is embedded',
      small('    providers: { installer: ▶people }\n'),
      'installer of Development: the embedded platform does that itself; leave it out',
    ],
    [
      'a request in place of people',
      small('    providers: { door: ▶http }\n'),
      'door of Development: only hot points can be asked for by http',
    ],
    [
      'a capability nobody has',
      small('    providers: { ▶instaler: people }\n'),
      '"providers" has no key "instaler"; perhaps "installer" is meant',
    ],
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

function windows(window: string): string {
  return `    timeZone: UTC\n    windows: [${window}]\n`;
}

function freezes(from: string, to: string): string {
  return `    timeZone: UTC\n    freezes: [{ reason: x, from: ${from}, to: ${to} }]\n`;
}

/** `place` marks it. */
function entry(keys: string, place = ''): string {
  return `    address: https://acme.example\n    checks: { entry: ${place}{ ${keys} } }\n`;
}

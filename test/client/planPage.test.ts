import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageStyle } from '../../client/pages/pageStyle.js';
import { planHtml } from '../../client/pages/plan/planHtml.js';
import { planText } from '../../client/pages/plan/planText.js';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import type { PlanRequest } from '../../domain/plan/plan.js';
import { findRelease } from '../../domain/releases/release.js';
import { releases } from '../../domain/releases/releases.js';
import {
  analysisOf,
  anyEnvironments,
  environment,
  infrastructure,
  lifecycle,
  plannedFor,
  planRequest,
  saturdayNight,
  toUpgrade,
} from '../domain/infrastructures.js';

const hash = 'f38c023985a7b98dbbd27863437978a1cef15b81b62e69c02122cd7e7833c5c6';
const zeroDowntime = { kind: 'zero downtime', businessReason: 'claims are filed at night' } as const;

function request(environments: readonly Environment[] = lifecycle, changes: Partial<PlanRequest> = {}): PlanRequest {
  return planRequest(infrastructure(environments), changes);
}

/** Coming from 11.18.1 with an Oracle database, which has to be handled. */
function oracleRequest(acknowledged: boolean): PlanRequest {
  const environments = toUpgrade(lifecycle);
  const acknowledgements = [{ entry: '11.33.0-oracle-18c-dropped', by: 'rui', reason: 'we run 19c' }];
  const analysis = analysisOf(environments, {
    to: '11.40.0',
    facts: { oracle: true },
    ...(acknowledged ? { acknowledgements } : {}),
  });
  return request(lifecycle, { environments, analysis });
}

function text(of: PlanRequest = request()): string {
  return planText({ hash, plan: plannedFor(of), analysis: of.analysis });
}

function page(of: PlanRequest = request()): string {
  return planHtml({ hash, plan: plannedFor(of), analysis: of.analysis });
}

/** Development has one front end, which is replaced in place. */
const oneFrontEnd = [
  environment('Development', 'development', { zones: [{ name: 'Main', frontEnds: ['d1'] }] }),
  ...lifecycle.slice(1),
];

describe('a plan in the terminal', () => {
  it('says what happens to each environment, in the order of the plan', () => {
    const lines = text().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'acme to 11.41.0, plan f38c023985a7',
      'Development → Testing → Pre-Production → Production',
      'LifeTime runs 11.33.0, its newest release.',
      'Made Wed 2026-07-01 08:00 UTC, asked for by ana.',
    ]);
    expect(lines).toContain('  Production      11.18.1 → 11.41.0  downtime  deploy all    84 min  84 min');
    expect(lines).toContain('  when        Sat 2026-07-04 22:00 to 23:23 (Europe/Lisbon)');
    expect(lines).toContain('  windows     Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)');
    expect(lines.at(-1)).toBe(`  ${hash}`);
  });

  it('LIVE-04 says what a rollback loses, and where the point of no return is', () => {
    const said = text().replace(/\s+/g, ' ');
    expect(said).toContain(
      'Loses: Nothing until users are let in; then what they have written since. Point of no return: opening, expected Sat 2026-07-04 23:22. Takes about 32 min.',
    );
  });

  it('ANA-01 lists what has to be handled before anybody may approve', () => {
    expect(text(oracleRequest(false))).toContain('1 entry has to be acknowledged before it can be approved.');
    const handled = text(oracleRequest(true));
    expect(handled).not.toContain('has to be acknowledged');
    expect(handled.replace(/\s+/g, ' ')).toContain('Acknowledged by rui: we run 19c');
  });

  it('says once what holds for every environment', () => {
    expect(text()).toContain('  every environment  tests: 1 person; when a check failed');
    expect(text()).toContain('  Production         go live: 1 person, not the requester; always');
  });

  it('ANA-01 lists what Uplift cannot know and what changes, each with where and what follows', () => {
    const lines = text().split('\n');
    const said = (title: string) => lines.slice(lines.indexOf(title) + 1, lines.indexOf('', lines.indexOf(title)));
    const unknown = said('WHAT UPLIFT CANNOT KNOW: THE PLAN ASSUMES THAT NONE OF IT IS SO').join('\n');
    expect(unknown).toContain('  hosting-bundle-missing (every environment)\n    whether ');
    expect(unknown.replace(/\s+/g, ' ')).toContain('if so, the upgrade would be refused');
    expect(unknown.replace(/\s+/g, ' ')).toContain('somebody would have to acknowledge it');
    const changes = said('BREAKING CHANGES AND SIDE EFFECTS');
    expect(changes.join('\n')).toContain(
      '11.33.0-oracle-18c-dropped, high effort (perhaps every environment (oracle, external-oracle))',
    );
    const { breakingChanges } = request().analysis;
    for (const { entry } of breakingChanges)
      expect(changes.some((line) => line.startsWith(`  ${entry.id},`))).toBe(true);
    expect(breakingChanges.length).toBeGreaterThan(20);
  });

  it('LIVE-03 says that nobody can work while the only front end of an environment is replaced in place', () => {
    const said = text(request(oneFrontEnd)).replace(/\s+/g, ' ');
    expect(said).toContain('users cannot work 30 min, while a zone’s only front end is replaced');
    expect(said).toContain('users kept out 84 min');
    expect(text()).toContain('  users       keep working');
  });

  it('is at most 100 columns wide with the longest names', () => {
    const long = lifecycle.map((one) => ({ ...one, name: `${one.name} ${'x'.repeat(59 - one.name.length)}` }));
    const lines = text(request(long)).split('\n');
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(lines).toContain('  Production xxxxxxxxxxxx…  11.18.1 → 11.41.0  downtime  deploy all    84 min  84 min');
  });

  it('is at most 100 columns wide, without blanks at the ends of lines', () => {
    fc.assert(
      fc.property(anyEnvironments, (described) => {
        const of = request(described, { tested: ['E0'] });
        const outcome = infrastructurePlan(of);
        if (outcome.kind === 'refused') return;
        for (const line of planText({ hash, plan: outcome.plan, analysis: of.analysis }).split('\n')) {
          expect(line.length, line).toBeLessThanOrEqual(100);
          expect(line).toBe(line.trimEnd());
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('the page of a plan', () => {
  it('PLAN-06 can be read offline: nothing in it comes from elsewhere, and no script runs', () => {
    const html = page();
    expect(html).not.toMatch(/<script|\son\w+=|https?:|@import|url\((?!#)/i);
    expect([...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, target]) => target)).toEqual(['#content']);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('is well formed whatever is planned, with unique ids and pictures that stay in their frame', () => {
    fc.assert(
      fc.property(anyEnvironments, (described) => {
        const of = request(described, { tested: ['E0'] });
        const outcome = infrastructurePlan(of);
        if (outcome.kind === 'refused') return;
        const html = planHtml({ hash, plan: outcome.plan, analysis: of.analysis });
        expect(unclosed(html)).toEqual([]);
        const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const [, names = ''] of html.matchAll(/aria-labelledby="([^"]+)"/g)) {
          for (const name of names.split(' ')) expect(ids).toContain(name);
        }
        for (const [rect, x, width] of html.matchAll(
          /<rect class="(?!freeze|out-)[^"]*" x="([^"]+)" width="([^"]+)"/g,
        )) {
          expect(Number(x), rect).toBeGreaterThanOrEqual(0);
          expect(Number(width), rect).toBeGreaterThanOrEqual(0);
          expect(Number(x) + Number(width), rect).toBeLessThanOrEqual(1040);
        }
        expect(html).not.toMatch(/undefined|NaN|Infinity|\[object/);
      }),
      { numRuns: 30 },
    );
  });

  it('has one title, headed sections, tables with captions and headed columns, and texts for its pictures', () => {
    const html = page();
    expect([...html.matchAll(/<h(\d)/g)].map(([, level]) => level)).toEqual(['1', ...Array(13).fill('2')]);
    const tables = [...html.matchAll(/<table>[\s\S]*?<\/table>/g)].map(([table]) => table);
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      expect(table).toMatch(
        /^<table>\n<caption>[^<]+<\/caption>\n<thead><tr>(<th scope="col">[^<]+<\/th>)+<\/tr><\/thead>/,
      );
      expect((table.match(/<tr>/g) ?? []).length - 1).toBe((table.match(/<th scope="row">/g) ?? []).length);
    }
    const pictures = [...html.matchAll(/<svg class="picture"[\s\S]*?<\/svg>/g)].map(([picture]) => picture);
    expect(pictures).toHaveLength(2);
    for (const picture of pictures)
      expect(picture).toMatch(/role="img"[^>]*>\s*<title id="[^"]+">[^<]+<\/title>\s*<desc id="[^"]+">[^<]+<\/desc>/);
    expect(html).toContain('<html lang="en">');
  });

  it('shows windows, steps, gates, downtime and the point of no return as pictures', () => {
    const [calendar = '', steps = ''] = page().match(/<svg class="picture"[\s\S]*?<\/svg>/g) ?? [];
    expect(calendar.match(/<rect class="window"/g)).toHaveLength(4);
    expect(calendar).toContain('>22:00–23:23</text>');
    expect(calendar.match(/<path class="latest"/g)).toHaveLength(3);
    expect(steps.match(/<title>gate [^<]+<\/title>/g)).toHaveLength(11);
    expect(steps.match(/<rect class="out"/g)).toHaveLength(2);
    expect(steps.match(/>point of no return</g)).toHaveLength(4);
    expect(steps).toContain('users kept out 84 min');
    expect(calendar.match(/<rect class="door"/g)).toHaveLength(2);
    expect(calendar).toContain('Development: Wed 2026-07-01 09:00 to 10:21, users keep working');
  });

  it('LIVE-03 shows on both pictures that nobody can work while the only front end is replaced in place', () => {
    const [calendar = '', steps = ''] = page(request(oneFrontEnd)).match(/<svg class="picture"[\s\S]*?<\/svg>/g) ?? [];
    expect(calendar.match(/<rect class="door"/g)).toHaveLength(3);
    expect(steps.match(/<rect class="out"/g)).toHaveLength(3);
    expect(steps).toContain('>users cannot work 30 min, while a zone’s only front end is replaced</text>');
    const [, server] = steps.match(/<rect class="step server" (x="[^"]+" width="[^"]+")/) ?? [];
    expect(steps).toContain(`<rect class="out" ${server}`);
  });

  it('TEST-01 fills every gate that always asks, and marks one that a closed window opens by a shape of its own', () => {
    const checks = { hotPoints: [], tests: ['Pedro registers a payment'] };
    const described = [
      lifecycle[0],
      { ...environment('Production', 'production', { windows: [saturdayNight] }), checks },
    ];
    const [, steps = ''] =
      page(request(described.flatMap((one) => one ?? []))).match(/<svg class="picture"[\s\S]*?<\/svg>/g) ?? [];
    const marks = [...steps.matchAll(/<path class="(gate[^"]*)" d="M\S+ \S+ ([^"]*)"><title>gate ([^<]+)</g)];
    const shown = marks.map(
      ([, kind, shape = '', title]) => `${kind}: ${title}${shape.includes('h5') ? ', a square' : ''}`,
    );
    expect(shown.toSorted()).toEqual([
      'gate open: applications, when modules failed or were skipped',
      'gate open: applications, when modules failed or were skipped',
      'gate open: tests, when a check failed',
      'gate open: window, when the window has closed, a square',
      'gate: go live, always',
      'gate: start, always',
      'gate: tests, always',
    ]);
    expect(steps).toContain('>tests, go live</text>');
    const places = [...steps.matchAll(/<path class="gate[^"]*" d="M(\S+) (\S+) /g)].map(([, x, y]) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('PLAN-01 marks where the window closes', () => {
    const short = environment('Testing', 'testing', { windows: [{ ...saturdayNight, minutes: 90 }] });
    expect(page(request([short]))).toMatch(/<line class="closes"[^>]*><title>the window closes after 1 h 30 min</);
    expect(page()).not.toContain('<line class="closes"');
  });

  it('shortens a name that has no room beside a picture, and tells it whole', () => {
    const name = 'Acceptance of the northern branches';
    const html = page(request([environment(name, 'testing')]));
    const said = `<title>${name}</title>Acceptance of the …</text>`;
    expect(html.split(said)).toHaveLength(3);
  });

  it('shows a freeze, and an environment that has no window long enough', () => {
    const frozen = { from: '2026-07-02T00:00', to: '2026-07-03T00:00', timeZone: 'Europe/Lisbon', reason: 'renewals' };
    const described = [
      environment('Development', 'development', { freezes: [frozen] }),
      environment('Testing', 'testing'),
      environment('Production', 'production', { windows: [saturdayNight] }),
    ];
    expect(page(request(described))).toContain('<rect class="frozen"');
    const short = [
      environment('Development', 'development'),
      environment('Testing', 'testing', { windows: [{ ...saturdayNight, minutes: 60 }] }),
    ];
    expect(page(request(short))).toMatch(
      /<text class="problem"[^>]*>no window is long enough \(the longest has 60 min\)<\/text>/,
    );
    expect(page(request(short))).toContain('It cannot run to its end');
  });

  it('LIVE-03 shows the halves of a go live without downtime', () => {
    const zones = [{ name: 'Lisbon', frontEnds: ['l1', 'l2', 'l3'] }];
    const production = environment('Production', 'production', { zones, controller: 'l2', strategy: zeroDowntime });
    const html = page(request([...lifecycle.slice(0, 3), production]));
    expect(html).toContain('Lisbon: first l2 (controller), l1; then l3');
    expect(html).toContain('data since the snapshot');
  });

  it('ANA-01 says whether it can be approved, and lists what is not known, changes, issues, releases and versions', () => {
    expect(page(oracleRequest(false))).toContain('<strong>Blocked.</strong>');
    const html = page(oracleRequest(true));
    expect(html).toContain('<strong>Ready to be approved</strong> by 1 person.');
    expect(html).toContain('by rui</span> we run 19c');
    for (const heading of [
      'What Uplift cannot know',
      'Breaking changes and side effects',
      'Known issues',
      'What is new',
      'Versions',
    ]) {
      expect(html).toContain(`>${heading}</h2>`);
    }
    expect(html).toContain('Oracle 18c and older is unsupported');
    expect(html).toContain('<code>hosting-bundle-missing</code>');
    expect(html).toContain(hash);
  });

  it('ANA-01 says of each release in between which security fixes its notes name', () => {
    const html = page(request(lifecycle, { analysis: analysisOf(toUpgrade(lifecycle), { to: '11.44.0' }) }));
    const row = (version: string) =>
      /<tr>.*?<\/tr>/s.exec(html.slice(html.indexOf(`<th scope="row">${version}`) - 4))?.[0] ?? '';
    expect(row('11.43.0')).toContain('R11BCT-463: System.Security.Cryptography.Xml');
    for (const { id } of findRelease(releases, '11.44.0')?.security ?? []) expect(row('11.44.0')).toContain(id);
    expect(html).toMatch(/\(CVSS \d/);
  });

  it('shows names as they are, whatever is in them', () => {
    const strange = environment('<b>"A" & \'B\'</b>', 'testing', { zones: [{ name: '<i>', frontEnds: ['<u>'] }] });
    const html = page(request([strange]));
    expect(html).toContain('&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;');
    expect(html).not.toMatch(/<b>"A"|<u>/);
    expect(unclosed(html)).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('is readable in %s: text has a contrast of 4.5 to 1 on its ground', (scheme) => {
    const colours = palette(scheme);
    for (const [ink, ground] of readOn) {
      expect(contrast(colours[ink] ?? '', colours[ground] ?? ''), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});

const readOn: readonly (readonly [ink: string, ground: string])[] = [
  ...['ground', 'card', 'window'].map((ground) => ['ink', ground] as const),
  ...['ground', 'card'].flatMap((ground) => [['quiet', ground] as const, ['bad-ink', ground] as const]),
  ...['good', 'bad', 'warn', 'plain', 'head'].map((ground) => [`${ground}-ink`, ground] as const),
  ...['server', 'applications', 'tests', 'care'].map((ground) => ['box-ink', ground] as const),
  ['head-quiet', 'head'],
];

/** Colours by name. */
function palette(scheme: 'light' | 'dark'): Readonly<Record<string, string>> {
  const [light = '', dark = ''] = pageStyle.split('@media (prefers-color-scheme: dark)');
  const definitions = scheme === 'light' ? light : (dark.split('}')[0] ?? '');
  return Object.fromEntries(
    [...definitions.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]),
  );
}

/** WCAG 2: 1 to 21. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((left, right) => right - left);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Elements that are not closed, or closed where they do not stand open. */
function unclosed(html: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name = '', closed] of html.matchAll(/<(\/?)([a-z][\w-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closed || ['meta', 'br'].includes(name)) continue;
    if (!slash) open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [`</${name}> in ${open.join(' > ')}`];
  }
  return open;
}

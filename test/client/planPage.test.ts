/** What the page of a plan says and shows. */
import { describe, expect, it } from 'vitest';
import { findRelease } from '../../domain/releases/release.js';
import { releases } from '../../domain/releases/releases.js';
import { analysisOf, environment, lifecycle, saturdayNight, toUpgrade } from '../domain/infrastructures.js';
import { hash, oneFrontEnd, oracleRequest, page, request, unclosed, zeroDowntime } from './planPages.js';

describe('the page of a plan', () => {
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

  it('PLAN-01 does not count modules that are not listed', () => {
    const environments = toUpgrade(lifecycle).map((one) => ({ ...one, modules: undefined }));
    const html = page(request(lifecycle, { environments }));
    expect(html.match(/<summary>[^<]* steps, [^<]*<\/summary>/g)).toHaveLength(lifecycle.length);
    expect(html.match(/<summary>[^<]* steps, [^<]*, modules not listed<\/summary>/g)).toHaveLength(lifecycle.length);
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
});

/** The page of a plan can be read by everybody, offline, whatever is in it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageStyle } from '../../client/pages/pageStyle.js';
import { planHtml } from '../../client/pages/plan/planHtml.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import { anyEnvironments } from '../domain/infrastructures.js';
import { hash, page, request, unclosed } from './planPages.js';

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

/** What stands on every page: the environment, the sidebar, the door, the banner of the newest preparation. */
import { describe, expect, it } from 'vitest';
import { trusted } from '../../../../http/html.js';
import type { EmbeddedEnvironment } from '../../../../platform/embedded/facts.js';
import { type PageContent, pageDocument } from '../../../../platform/embedded/serviceCenter/pages/layout.js';
import type { PreparationReport } from '../../../../port/preparation.js';
import { at, environment, preparation, targetsOf, textOf } from './shown.js';

const plain: PageContent = { title: 'A page', section: 'modules', content: 'what it says' };

function page({
  facts = {},
  newest,
  content = {},
}: {
  readonly facts?: Partial<EmbeddedEnvironment>;
  readonly newest?: Partial<PreparationReport>;
  readonly content?: Partial<PageContent>;
} = {}): string {
  const frame = { facts: environment(facts), preparation: newest && preparation(newest) };
  return pageDocument(frame, { ...plain, ...content });
}

/** Each with its colour, what it says and where it leads. */
function bannersOf(text: string) {
  return [...text.matchAll(/<div class="banner (\w+)" role="status">([\s\S]*?)<\/div>/g)].map(
    ([, tone, inner = '']) => ({
      tone,
      says: textOf(trusted(inner)),
      leads: targetsOf(trusted(inner)),
    }),
  );
}

describe('a page', () => {
  it('is titled by what it shows and where, and says which release runs', () => {
    const text = page();
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).toContain('<title>A page - Development - Service Center</title>');
    expect(text).toContain('>Development (development), Platform Server 11.41.0<');
    expect(text).toContain('<h1>A page</h1>\nwhat it says');
  });

  it('asks for itself again only where it is told to', () => {
    expect(page()).not.toContain('http-equiv="refresh"');
    expect(page({ content: { refresh: true } })).toContain('<meta http-equiv="refresh" content="2">');
  });

  it.each([
    ['overview', '/ServiceCenter/'],
    ['modules', '/ServiceCenter/modules'],
    ['upgrades', '/ServiceCenter/upgrades'],
    ['none', undefined],
  ] as const)('of the section %s is marked in the sidebar', (section, address) => {
    const current = [...page({ content: { section } }).matchAll(/href="([^"]*)" aria-current="page"/g)];
    expect(current.map(([, target]) => target)).toEqual(address ? [address] : []);
  });

  it('without a preparation has no banner', () => {
    expect(bannersOf(page())).toEqual([]);
    expect(page()).not.toContain('Preparing modules');
  });
});

describe('the banner', () => {
  const upgrades = '/ServiceCenter/upgrades';

  it.each<[string, Partial<PreparationReport>, ReturnType<typeof bannersOf>[number]]>([
    [
      'PREP-10 PREP-13 running',
      { status: 'running', percent: 40 },
      {
        tone: 'info',
        says: 'The first step of the upgrade process has finished. This environment has been successfully upgraded to Platform Server version (11.41.0) We are now preparing your modules - 40% current preparation details',
        leads: [`${upgrades}/preparations/7#in-progress`],
      },
    ],
    [
      'PREP-15 ended',
      {},
      {
        tone: 'good',
        says: 'This environment is ready ( Release Notes ) No further actions are required. go to Upgrades',
        leads: ['/ServiceCenter/releases/11.41.0', upgrades],
      },
    ],
    [
      'PREP-13 ended with errors',
      { status: 'finished with errors', preparedInIt: 3, prepared: 9, failed: 2, skipped: 1 },
      {
        tone: 'bad',
        says: 'There were errors preparing some modules. 3 modules prepared successfully, 2 modules failed and 1 modules skipped. go to Upgrades',
        leads: [`${upgrades}/preparations/7#unfinished`, upgrades],
      },
    ],
    [
      'stopped',
      { status: 'stopped', left: 1 },
      {
        tone: 'bad',
        says: 'The preparation of your modules was stopped. 1 module is left. Prepare goes on with them. go to Upgrades',
        leads: [upgrades],
      },
    ],
    [
      'PREP-10 failed',
      { status: 'failed' },
      { tone: 'bad', says: 'There was an error preparing your modules. go to Upgrades', leads: [upgrades] },
    ],
  ])('of a preparation: %s', (_, newest, banner) => {
    expect(bannersOf(page({ newest }))).toEqual([banner]);
  });

  it('PREP-14 leads to the older report in releases that have it, whatever the status', () => {
    for (const status of ['running', 'finished'] as const) {
      const [banner] = bannersOf(page({ facts: { serverRelease: '11.16.1' }, newest: { status } }));
      expect(banner?.says).toMatch(/ Click here for more details$/);
      expect(banner?.leads.at(-1)).toBe('/ServiceCenter/PrepareModules.aspx');
    }
  });

  it('PREP-13 has its percentage in the sidebar too, while it runs', () => {
    const running = page({ newest: { status: 'running', percent: 40 } });
    expect(running).toContain(
      'Preparing modules: 40 %<a href="/ServiceCenter/upgrades/preparations/7#in-progress">More details</a>',
    );
    expect(page({ newest: {} })).not.toContain('Preparing modules');
  });
});

describe('a closed door', () => {
  const door = { since: at, closedBy: 'upgrade/acme', reason: 'acme#1 brings it to 11.41.0' };

  it('LIVE-01 says since when, by whom and why users are kept out, and who lets them in', () => {
    expect(bannersOf(page({ facts: { door } }))).toMatchObject([
      {
        tone: 'bad',
        says: 'Users are kept out since 2026-03-01 10:00 UTC by upgrade/acme: acme#1 brings it to 11.41.0. The upgrade lets them in when it comes to its end, also when it is started again; a rollback lets them in on the former release.',
      },
    ]);
  });

  it('LIVE-01 of an older program says what is not known of it', () => {
    const [banner] = bannersOf(page({ facts: { door: { since: '', closedBy: '', reason: '' } } }));
    expect(banner?.says).toContain('Users are kept out by an earlier run: no reason is known.');
  });

  it('LIVE-01 lets nothing be called ready: the banner says what is prepared', () => {
    const [, ended] = bannersOf(page({ facts: { door }, newest: {} }));
    expect(ended).toMatchObject({ tone: 'info', says: 'Every module is prepared. go to Upgrades' });
    const [, failed] = bannersOf(page({ facts: { door }, newest: { status: 'failed' } }));
    expect(failed?.says).toContain('There was an error preparing your modules.');
  });
});

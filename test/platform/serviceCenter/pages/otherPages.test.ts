/** The first page, what is known of a release, and what is said of a request that was refused or failed. */
import { describe, expect, it } from 'vitest';
import { markupOf } from '../../../../http/html.js';
import { type FailurePageParts, failurePage } from '../../../../platform/embedded/serviceCenter/pages/failure.js';
import { overviewPage } from '../../../../platform/embedded/serviceCenter/pages/overview.js';
import { releasePage } from '../../../../platform/embedded/serviceCenter/pages/release.js';
import { at, badgesOf, environment, factsOf, rowsOf, targetsOf, textOf } from './shown.js';

describe('the first page', () => {
  it('SELF-01 shows the three releases, who holds the environment, and its front ends', () => {
    const frontEnd = { name: 'fe-1', zone: 'Main', url: 'http://127.0.0.1:1', release: '11.41.0' } as const;
    const wanted = { release: '11.41.0', traffic: 'serving' } as const;
    const { title, section, content } = overviewPage(
      environment({
        serviceCenterRelease: '11.18.1',
        systemComponentsRelease: '11.18.0',
        hold: {
          operation: 'upgrade',
          workflow: 'upgrade/acme',
          release: '11.41.0',
          token: 1,
          firstToken: 1,
          since: at,
        },
        frontEnds: [
          { ...frontEnd, traffic: 'serving', wanted },
          { ...frontEnd, name: 'fe-2', release: null, traffic: 'drained', wanted },
        ],
      }),
    );
    expect([title, section]).toEqual(['Overview', 'overview']);
    expect(factsOf(content)).toEqual([
      ['Infrastructure', 'acme'],
      ['Platform Server', '11.41.0'],
      ['Service Center', '11.18.1'],
      ['System Components', '11.18.0'],
      ['Applications', 'http://127.0.0.1:8080'],
      ['Held by', 'upgrade to 11.41.0 (upgrade/acme) since 2026-03-01 10:00:00 UTC'],
    ]);
    expect(rowsOf(content)).toEqual([
      ['Front end', 'Zone', 'Release', 'Traffic'],
      ['fe-1', 'Main', '11.41.0', 'serving'],
      ['fe-2', 'Main', 'not running', 'drained'],
    ]);
    expect(badgesOf(content)).toEqual(['serving: good', 'drained: warn']);
    expect(targetsOf(content)).toEqual(['http://127.0.0.1:8080']);
    expect(markupOf(content)).toContain('<caption>Front ends</caption>');
  });

  it('of an environment that nobody holds, without a front end', () => {
    const { content } = overviewPage(environment());
    expect(factsOf(content).at(-1)).toEqual(['Held by', 'nobody']);
    expect(textOf(content)).toContain('There is no front end.');
  });
});

describe('Release Notes', () => {
  it.each([
    ['11.41.0', /^\d{4}-\d\d-\d\d$/, 'GA', /Deployment service uses port 12101\./],
    ['11.40.1', /^\d{4}-\d\d-\d\d$/, 'GA', /What is new Fixes only, as far as is known\.$/],
    ['99.1.0', /^not known$/, 'not known', /What is new Nothing is known of this release\.$/],
  ])('PREP-15 of %s', (release, date, kind, text) => {
    const { title, section, content } = releasePage(release);
    expect([title, section]).toEqual([`Release Notes of ${release}`, 'none']);
    expect(factsOf(content)).toEqual([
      ['Platform Server', release],
      ['Date', expect.stringMatching(date)],
      ['Kind', kind],
    ]);
    expect(textOf(content)).toMatch(text);
  });
});

describe('what was not done', () => {
  const page = (body: Partial<FailurePageParts['body']>, parts: Partial<FailurePageParts> = {}) =>
    failurePage({
      status: 409,
      environment: 'Development',
      back: '/ServiceCenter/modules',
      body: { code: 'MODULE_LOCKED', message: 'It is locked', ...body },
      ...parts,
    });

  it('is told with who blocks it, what is next, and the way back', () => {
    const { title, section, content } = page({ blockedBy: 'ana', next: 'wait' });
    expect([title, section]).toEqual(['This was not done', 'modules']);
    expect(textOf(content)).toBe('It is locked Blocked by: ana Next: wait Back');
    expect(textOf(page({}).content)).toBe('It is locked Back');
    expect(targetsOf(page({}).content)).toEqual(['/ServiceCenter/modules']);
    expect(
      textOf(page({ diagnostics: [{ file: 'src/a.ts', line: 3, column: 1, code: 'TS1', message: 'no' }] }).content),
    ).toBe('It is locked src/a.ts:3 TS1 no Back');
  });

  it('has a title of its own where there is nothing, and belongs to where it came from', () => {
    expect(page({}, { status: 404 }).title).toBe('Not found');
    expect(page({}, { back: '/ServiceCenter/upgrades' }).section).toBe('upgrades');
  });

  it.each<[string, string, readonly string[]]>([
    ['uplift why Development @acme/a', '@acme/a', ['/ServiceCenter/modules/%40acme%2Fa']],
    ['publish it: uplift publish Development a --source FOLDER', 'publish it: a', ['/ServiceCenter/modules/a']],
    ['uplift modules Development shows it', 'Modules shows it', ['/ServiceCenter/modules']],
    ['uplift status, then uplift prepare', 'Overview , then Upgrades', ['/ServiceCenter/', '/ServiceCenter/upgrades']],
    ['uplift deploy Development', 'Upgrades', ['/ServiceCenter/upgrades']],
    ['uplift why Testing a', 'uplift why Testing a', []],
    ['uplift rollback', 'uplift rollback', []],
  ])('names pages instead of commands: %s', (next, text, targets) => {
    const { content } = page({ next });
    expect(textOf(content)).toBe(`It is locked Next: ${text} Back`);
    expect(targetsOf(content)).toEqual([...targets, '/ServiceCenter/modules']);
  });

  it('finds commands of an environment whatever it is called', () => {
    const { content } = page({ next: 'uplift why A+B (new) a' }, { environment: 'A+B (new)' });
    expect(textOf(content)).toBe('It is locked Next: a Back');
  });
});

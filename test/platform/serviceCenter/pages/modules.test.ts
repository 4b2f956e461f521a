/** Factory > Modules, the page of one module, and the question before it is deleted. */
import { describe, expect, it } from 'vitest';
import { notUpgradedText } from '../../../../domain/modules/publication.js';
import { markupOf } from '../../../../http/html.js';
import { deletePage, modulePage } from '../../../../platform/embedded/serviceCenter/pages/module.js';
import { type ModulesFilter, modulesPage } from '../../../../platform/embedded/serviceCenter/pages/modules.js';
import { at, badgesOf, environment, factsOf, module, rowsOf, targetsOf, textOf } from './shown.js';

const error = { file: 'src/a.ts', line: 3, column: 1, code: 'TS1', message: 'no' };
const lock = { operation: '1-Click Publish', holder: 'bo', since: at } as const;
const cause = { module: 'base', path: ['top', 'base'] };

describe('the modules', () => {
  it('each say where they stand and why', () => {
    const { title, section, refresh, content } = modulesPage(
      [
        module('well'),
        module('new', { release: null, deployedRelease: null, upToDate: false }),
        module('old', { deployedRelease: '11.18.1', upToDate: false, lock }),
        module('base', { state: 'failed', diagnostics: [error, error] }),
        module('top', { state: 'skipped', cause, diagnostics: [error] }),
      ],
      {},
    );
    expect([title, section, refresh]).toEqual(['Modules', 'modules', undefined]);
    const row = (name: string, state: string, ...rest: string[]) => [name, 'Claims', state, ...rest];
    expect(rowsOf(content)).toEqual([
      ['Module', 'Application', 'State', 'Compiled for', 'Deployed', 'Locked by', 'Why'],
      row('well', 'prepared', '11.41.0', '11.41.0', '', ''),
      row('new', 'prepared', 'never', 'not deployed', '', ''),
      row(
        'old',
        'prepared',
        '11.41.0',
        '11.18.1 not the newest',
        '1-Click Publish of bo since 2026-03-01 10:00:00 UTC',
        '',
      ),
      row('base', 'failed', '11.41.0', '11.41.0', '', '2 errors, the first: src/a.ts:3:1 TS1 no'),
      row('top', 'skipped', '11.41.0', '11.41.0', '', 'because of base'),
    ]);
    expect(badgesOf(content)).toContain('not the newest: warn');
    expect(markupOf(content)).toContain('<caption>5 modules</caption>');
  });

  const some = [
    module('@acme/one', { application: 'Billing' }),
    module('@acme/two', { state: 'failed' }),
    module('@acme/three', { state: 'preparing' }),
  ];

  it.each<[ModulesFilter, readonly string[]]>([
    [{}, ['one', 'two', 'three']],
    [{ name: ' TWO ' }, ['two']],
    [{ name: 'claims' }, ['two', 'three']],
    [{ name: 'bill' }, ['one']],
    [{ name: '', state: '' }, ['one', 'two', 'three']],
    [{ state: 'failed' }, ['two']],
    [{ name: 'one', state: 'failed' }, []],
  ])('are found by name, application and state: %j', (filter, names) => {
    const { content } = modulesPage(some, filter);
    const found = rowsOf(content).slice(1);
    expect(found.map(([name]) => name?.replace('@acme/', ''))).toEqual(names);
    if (names.length === 0) expect(textOf(content)).toContain('No module is like that.');
    else
      expect(markupOf(content)).toContain(
        names.length === 3 ? '<caption>3 modules<' : `<caption>${names.length} of 3 modules<`,
      );
  });

  it('are chosen by the states there are, with how many each has; what was typed stays', () => {
    const choices = (filter: ModulesFilter) =>
      [...markupOf(modulesPage(some, filter).content).matchAll(/<option value="([^"]*)"( selected)?>([^<]*)</g)].map(
        ([, , selected = '', text]) => `${text}${selected}`,
      );
    expect(choices({})).toEqual(['all (3) selected', 'prepared (1)', 'failed (1)', 'preparing (1)']);
    expect(choices({ state: 'failed' })).toEqual(['all (3)', 'prepared (1)', 'failed (1) selected', 'preparing (1)']);
    expect(choices({ state: 'skipped' })).toContain('skipped (0) selected');
    const form = markupOf(modulesPage(some, { name: '"two' }).content);
    expect(form).toContain('<input name="name" value="&quot;two"');
    expect(form).toContain('method="get" action="/ServiceCenter/modules"');
  });

  it.each<[string, Parameters<typeof module>[1], boolean]>([
    ['being prepared', { state: 'preparing' }, true],
    ['locked', { lock }, true],
    ['at rest', {}, false],
  ])('offer another look while one is %s', (_, changes, offered) => {
    const { content } = modulesPage([module('a', changes)], { name: 'a', state: '' });
    expect(textOf(content).includes('Modules are being worked on: look again')).toBe(offered);
    expect(targetsOf(content).includes('/ServiceCenter/modules?name=a&amp;state=')).toBe(offered);
  });

  it('of an empty environment are none', () => {
    expect(textOf(modulesPage([], {}).content)).toContain('This environment has no module.');
  });
});

describe('a module', () => {
  const shown = (changes: Parameters<typeof module>[1] = {}, notice?: string) =>
    modulePage(environment(), module('@acme/a', changes), notice);

  it('tells everything that is known of it', () => {
    const { title, section, content } = shown();
    expect([title, section]).toEqual(['@acme/a', 'modules']);
    expect(factsOf(content)).toEqual([
      ['Status', 'Up to date.'],
      ['State', 'prepared'],
      ['Application', 'Claims (web)'],
      ['Version', '1.0.0'],
      ['Last published', '2026-03-01 10:00:00 UTC'],
      ['Compiled for', '11.41.0'],
      ['Deployed', '11.41.0'],
      ['Locked by', 'nobody'],
      ['Can be published', 'yes'],
      ['Consumes', 'No other module'],
      ['Consumed by', 'No other module'],
    ]);
    expect(textOf(content)).not.toContain('Errors of the last compilation');
    expect(markupOf(content)).not.toContain('banner');
  });

  it('tells what it has not: never published, compiled or deployed, and in somebody’s hands', () => {
    const never = { publishedAt: null, release: null, deployedRelease: null, lock, publishable: false };
    const { content } = shown({ ...never, state: 'skipped', cause, producers: ['b'], consumers: ['c', 'd'] });
    expect(Object.fromEntries(factsOf(content))).toMatchObject({
      State: 'skipped because of base ( top → base )',
      'Last published': 'never',
      'Compiled for': 'never',
      Deployed: 'never',
      'Locked by': '1-Click Publish of bo since 2026-03-01 10:00:00 UTC',
      'Can be published': 'not now',
      Consumes: 'b',
      'Consumed by': 'c d',
    });
  });

  it.each<[string, Parameters<typeof module>[1], string]>([
    ['never published', { state: 'not applicable' }, 'This module was never published.'],
    ['pending', { state: 'pending' }, notUpgradedText],
    ['compiled for another release', { release: '11.18.1' }, notUpgradedText],
    ['prepared', { upToDate: false }, 'Prepared for the current environment version, and not deployed yet.'],
    ['deployed', {}, 'Up to date.'],
  ])('PREP-06 has a status: %s', (_, changes, status) => {
    expect(factsOf(shown(changes).content)[0]).toEqual(['Status', status.replaceAll("'", '&#39;')]);
  });

  it('shows its errors, and what was just done', () => {
    expect(textOf(shown({ diagnostics: [error] }).content)).toContain(
      'Errors of the last compilation src/a.ts:3 TS1 no',
    );
    expect(markupOf(shown({}, 'It is done.').content)).toContain(
      '<p class="banner good" role="status">It is done.</p>',
    );
  });

  it('can be uploaded, published, configured and deleted', () => {
    const address = '/ServiceCenter/modules/%40acme%2Fa';
    const { content } = shown();
    expect(targetsOf(content)).toEqual(
      ['upload', 'publish', 'apply-configurations', 'delete'].map((what) => `${address}/${what}`),
    );
    const markup = markupOf(content);
    expect(markup).toContain('enctype="multipart/form-data"');
    expect(markup.match(/<input name="user" required/g)).toHaveLength(3);
  });

  it('shows the settings that are applied, each with its value', () => {
    const fields = (content: string) =>
      [...content.matchAll(/<input name="(setting\.[^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    const set = markupOf(shown({ settings: { colour: 'blue', '"': '<' } }).content);
    expect(fields(set)).toEqual([
      ['setting.colour', 'blue'],
      ['setting.&quot;', '&lt;'],
    ]);
    expect(set).not.toContain('the module uses its own defaults');
    expect(markupOf(shown().content)).toContain('Nothing is applied here: the module uses its own defaults.');
  });
});

describe('deleting', () => {
  it('is asked about, and can be left', () => {
    const { title, section, content } = deletePage(environment(), module('a'));
    expect([title, section]).toEqual(['Delete a?', 'modules']);
    expect(textOf(content)).toContain(
      'a is taken out of Development, with its sources and settings: nothing brings it back.',
    );
    expect(targetsOf(content)).toEqual(['/ServiceCenter/modules/a/delete', '/ServiceCenter/modules/a']);
    expect(markupOf(content)).toContain('<button class="danger">Delete</button>');
  });

  it('is not offered while another module consumes it, which is named', () => {
    const { content } = deletePage(environment(), module('a', { consumers: ['b'] }));
    expect(textOf(content)).toContain('It cannot be deleted: it is consumed by b');
    expect(targetsOf(content)).toEqual(['/ServiceCenter/modules/b', '/ServiceCenter/modules/a']);
  });
});

/** Which address each screen has, and that no module is without one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogueOf } from '../../platform/embedded/frontEnd/catalogue.js';
import type { LoadedModule } from '../../platform/embedded/frontEnd/loadedModules.js';

function loaded(name: string): LoadedModule {
  const screens = new Map([['List', { name: `List of ${name}`, render: () => '' }]]);
  return { name, application: 'Shop', instance: '1', release: '11.41.0', screens };
}

function addresses(...names: readonly string[]): Record<string, string> {
  const { navigation } = catalogueOf(names.map(loaded));
  return Object.fromEntries(navigation.map(({ href, title }) => [title.replace('List of ', ''), href]));
}

it.each([
  [['@shop/core', 'core'], { '@shop/core': '/%40shop%2Bcore/List', core: '/core/List' }],
  [['core', '@shop/core'], { '@shop/core': '/%40shop%2Bcore/List', core: '/core/List' }],
  [['@b/x', '@a/x'], { '@a/x': '/x/List', '@b/x': '/%40b%2Bx/List' }],
])('%j have an address each, in whatever order they are loaded', (names, expected) => {
  expect(addresses(...names)).toEqual(expected);
});

it('every module is found at the address that the navigation has for it', () => {
  const part = fc.constantFrom('a', 'b', 'core', 'x');
  const name = fc.oneof(
    part,
    fc.tuple(part, part).map(([scope, rest]) => `@${scope}/${rest}`),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
      const { find } = catalogueOf(names.map(loaded));
      const found = Object.entries(addresses(...names)).map(([module, href]) => {
        const [, at = '', screen = ''] = href.split('/');
        return find(decodeURIComponent(at), screen)?.module.name === module;
      });
      expect(found).toEqual(names.map(() => true));
    }),
  );
});

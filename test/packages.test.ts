/** What is installed: which compiler builds Uplift, which ones releases compile with, and where packages come from. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
const { dependencies = {}, devDependencies = {}, scripts = {} } = manifest;
const compilers = Object.keys(dependencies).filter((name) => name.startsWith('typescript'));

it('a change of the compiler that builds Uplift changes none that releases compile with', () => {
  expect(compilers.length).toBeGreaterThan(1);
  for (const name of compilers) {
    const [, version] = /^typescript-(\d+\.\d+\.\d+)$/.exec(name) ?? [];
    expect(dependencies[name]).toBe(`npm:typescript@${version}`);
  }
  expect(devDependencies).toHaveProperty('typescript');
  const sources = readFileSync('platform/embedded/compile/compilers.ts', 'utf8');
  expect(sources).not.toMatch(/resolve\('typescript\//);
});

it('what is called tsc is the last of them to be installed: Uplift is built by a path', () => {
  for (const script of Object.values(scripts)) expect(script).not.toMatch(/(^|&& |npx )tsc /);
});

it('the lock file says what every package is, and leaves it to whoever installs from where', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const installed = Object.entries(packages).filter(([folder, { link }]) => folder !== '' && !link);
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

interface LockedPackage {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

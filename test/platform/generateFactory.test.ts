/** The generator of factories: what measurements and tests rely on. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphs } from '../../bench/factory/references.js';
import { type GenerateRequest, generateFactory } from '../../bench/generateFactory.js';
import { compileFactory } from './compileFactory.js';
import { readModules, unitsOf } from './factoryModules.js';

const require = createRequire(import.meta.url);
let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'generated-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('generateFactory', () => {
  it('gives the same bytes for the same options, and others for another seed', () => {
    const first = digestOf(generated('first', { seed: 7 }));
    expect(digestOf(generated('second', { seed: 7 }))).toBe(first);
    expect(digestOf(generated('third', { seed: 8 }))).not.toBe(first);
  });

  it.each(graphs)('makes a %s graph without circles, of none to four references to modules that exist', (graph) => {
    const modules = readModules(generated(graph, { modules: 120, graph }));
    const names = new Set(modules.map(({ name }) => name));
    expect(names.size).toBe(120);
    expect(unitsOf(modules)).toHaveLength(120);
    for (const { producers } of modules) {
      expect(producers.length).toBeLessThanOrEqual(4);
      for (const producer of producers) expect(names).toContain(producer);
    }
  });

  it('gives a few modules most of the consumers in a hub graph, and nobody in a uniform one', () => {
    const greatest = (graph: GenerateRequest['graph']) => {
      const used = readModules(generated(`most-${graph}`, { modules: 120, graph })).flatMap(
        ({ producers }) => producers,
      );
      return Math.max(...[...new Set(used)].map((name) => used.filter((other) => other === name).length));
    };
    expect(greatest('hub')).toBeGreaterThan(3 * greatest('uniform'));
  });

  it('PREP-01 lists exactly the modules that do not compile on 11.41.0, each with the element that changed', async () => {
    const factory = generated('some', { breakShare: 0.15 });
    const { broken } = listed(factory);
    expect(broken).toHaveLength(6);
    const { errors } = await compileFactory({ factory, release: '11.41.0', into: path.join(folder, 'some-newer') });
    expect(Object.keys(errors).sort()).toEqual(broken.map(({ module }) => module).sort());
  });

  it('PREP-01 compiles on 11.18.1 whatever breaks later, and every kind of break does break', async () => {
    const factory = generated('all', { modules: 30, breakShare: 1 });
    const { broken } = listed(factory);
    expect([...new Set(broken.map(({ element }) => element))].sort()).toEqual([
      'Table.findBy',
      'User.name',
      'enqueue',
      'meter',
      'parseNumber',
      'postpone',
    ]);
    const older = await compileFactory({ factory, release: '11.18.1', into: path.join(folder, 'all-older') });
    const newer = await compileFactory({ factory, release: '11.41.0', into: path.join(folder, 'all-newer') });
    expect(older.errors).toEqual({});
    expect(Object.keys(newer.errors)).toHaveLength(30);
  });

  it('breaking modules changes the text of no other', () => {
    const whole = generated('whole', { breakShare: 0 });
    const part = generated('part', { breakShare: 0.2 });
    const changed = readModules(whole).filter(({ folder: at }) => sourceOf(whole, at) !== sourceOf(part, at));
    expect(changed.map(({ name }) => name)).toEqual(
      listed(part)
        .broken.map(({ module }) => module)
        .sort(),
    );
  });

  it('makes hot points that show what was entered, on the older release and on the newer', async () => {
    const factory = generated('shown', { modules: 16 });
    const database = new Database(':memory:');
    const host = Symbol.for('uplift.host');
    Reflect.set(globalThis, host, {
      all: (sql: string, parameters: unknown[]) => database.prepare(sql).all(...parameters),
      run: (sql: string, parameters: unknown[]) => database.prepare(sql).run(...parameters),
      setting: () => undefined,
      log: () => undefined,
    });
    const web = readModules(factory).findLast(
      (module) => module.folder.includes('-web-') && module.producers.length > 0,
    );
    for (const release of ['11.18.1', '11.41.0']) {
      const { entry } = await compileFactory({ factory, release, into: path.join(folder, `shown-${release}`) });
      const screens: Record<string, { render(request: object): Promise<unknown> }> = require(entry(web?.name ?? ''));
      const screen = (end: string) => screens[Object.keys(screens).find((name) => name.endsWith(end)) ?? ''];
      const names = [...sourceOf(factory, web?.folder ?? '').matchAll(/sent\.(\w+)/g)].map(([, name]) => name ?? '');
      const form = { ...Object.fromEntries(names.map((name) => [name, '5'])), reference: `entered on ${release}` };
      const [create] = Object.values(screens).filter((_, index) => Object.keys(screens)[index]?.startsWith('New'));
      expect(await create?.render({ method: 'POST', form })).toHaveProperty('redirect');
      expect(await screen('List')?.render({ id: 1, limit: '9' })).toContain('entered on 11.18.1');
      expect(await screen('Overview')?.render({})).toContain(web?.producers[0]?.replace('@generated/', ''));
    }
    Reflect.deleteProperty(globalThis, host);
  });

  it('refuses a folder that holds something else, and options that make no sense', () => {
    const foreign = path.join(folder, 'foreign');
    fs.mkdirSync(foreign);
    fs.writeFileSync(path.join(foreign, 'letter.txt'), 'keep me');
    expect(() => generated('foreign', {})).toThrow('holds something that was not generated');
    expect(fs.readdirSync(foreign)).toEqual(['letter.txt']);
    expect(() => generated('none', { modules: 0 })).toThrow('modules: a whole number from 1 to 9999');
    expect(() => generated('none', { breakShare: 2 })).toThrow('break: a share from 0 to 1');
  });
});

function generated(name: string, options: Partial<GenerateRequest>): string {
  const out = path.join(folder, name);
  generateFactory({ out, modules: 40, seed: 1, breakShare: 0, graph: 'layered', ...options });
  return out;
}

function listed(factory: string): ReturnType<typeof generateFactory> {
  return JSON.parse(fs.readFileSync(path.join(factory, 'factory.json'), 'utf8'));
}

function sourceOf(factory: string, at: string): string {
  return fs.readFileSync(path.join(factory, 'modules', at, 'src/index.ts'), 'utf8');
}

function digestOf(factory: string): string {
  const digest = createHash('sha256');
  const entries = fs.readdirSync(factory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of entries.map((entry) => path.join(entry.parentPath, entry.name)).sort()) {
    digest.update(`${path.relative(factory, file)}\n`).update(fs.readFileSync(file));
  }
  return digest.digest('hex');
}

/** `uplift import`: lists of a site that is only described, taken over whole or not at all. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { moduleList } from '../../store/modules.js';
import { openStore } from '../../store/store.js';
import { uplift } from '../e2e/cliTerminal.js';
import { temporaryFolder } from '../platform/tinyFactory.js';

const yaml = `infrastructure: acme
environments:
  - { name: Testing, stage: testing, release: 11.18.1, zones: [{ name: Main, frontEnds: [t-1] }] }
  - { name: Production, stage: production, release: 11.18.1, zones: [{ name: Main, frontEnds: [p-1] }] }
`;

function world(text: string) {
  const site = temporaryFolder();
  const file = path.join(site, 'modules.csv');
  const data = path.join(temporaryFolder(), 'data');
  fs.writeFileSync(path.join(site, 'uplift.yaml'), yaml);
  const write = (content: string) => fs.writeFileSync(file, content);
  write(text);
  const run = (...words: readonly string[]) =>
    uplift('import', '--modules', file, '--site', site, '--data', data, ...words);
  return { site, file, data, write, run };
}

async function kept(data: string, environment: string): Promise<readonly string[] | undefined> {
  const store = openStore(data);
  onTestFinished(() => store.destroy());
  const list = await moduleList(store, { infrastructure: 'acme', environment });
  return list?.modules.map(({ name }) => name);
}

describe('uplift import', () => {
  it('takes a list over for every environment, or for the one that is named; nothing has to be running', async () => {
    const { data, write, run } = world('module\na\nb');
    const all = await run();
    expect(all).toMatchObject({ exit: 0, err: '', out: 'acme Testing, Production: 2 modules imported' });
    write('module\nc');
    const one = await run('--environment', 'Production', '--json');
    expect(one.json()).toEqual({
      ...{
        infrastructure: 'acme',
        environments: ['Production'],
        imported: true,
        modules: 1,
        units: [],
        complaints: [],
      },
    });
    expect([await kept(data, 'Testing'), await kept(data, 'Production')]).toEqual([['a', 'b'], ['c']]);
  });

  it('leaves what was listed when anything is wrong, and FACTORY_INVALID tells twenty mistakes and counts the others', async () => {
    const { file, data, write, run } = world('module\na');
    await run();
    write(['module,state', ...Array.from({ length: 30 }, (_, index) => `m${index},wrong`), 'good,prepared'].join('\n'));
    const { exit, out, err } = await run();
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    const lines = err.split('\n');
    expect(lines.filter((line) => line.includes(`${file}:`))).toHaveLength(20);
    expect(lines[0]).toContain(`${file}:2: "state" is "wrong"; it has to be one of`);
    expect(err).toContain('and 10 more');
    expect(err).toContain('nothing was imported');
    expect(await kept(data, 'Production')).toEqual(['a']);
  });

  it('--check says the same and keeps nothing, not even a data folder', async () => {
    const { data, write, run } = world('module,references\na,"b, System"\nb,a');
    const checked = await run('--check');
    expect(checked.exit).toBe(0);
    expect(checked.out.split('\n')).toEqual([
      expect.stringMatching(/modules\.csv:2: "System" is not in the list and kept as external; .* \(a warning\)$/),
      'acme Testing, Production: 2 modules would be imported',
      '  1 unit of modules that reference each other; the largest is a, b',
    ]);
    write('module\n\u0007');
    expect((await run('--check')).exit).toBe(2);
    expect(fs.existsSync(data)).toBe(false);
  });

  it('shows twenty warnings and counts the others', async () => {
    const externals = Array.from({ length: 25 }, (_, index) => `External${index}`).join(';');
    const { run } = world(`module,references\na,${externals}`);
    const { out } = await run();
    expect(out.split('\n').filter((line) => line.endsWith('(a warning)'))).toHaveLength(20);
    expect(out).toContain('and 5 more warnings');
  });

  it('ENVIRONMENT_UNKNOWN and INPUT_INVALID name what is meant, before anything is read or kept', async () => {
    const { data, run } = world('module\na');
    expect((await run('--environment', 'Staging')).err).toContain(
      'acme has no environment Staging; it has Testing, Pro',
    );
    const nowhere = await uplift('import', '--modules', 'x.csv', '--site', temporaryFolder(), '--data', data);
    expect(nowhere).toMatchObject({ exit: 2, err: expect.stringContaining('has no uplift.yaml') });
    expect((await uplift('import', '--data', data)).err).toContain('--modules');
    expect(fs.existsSync(data)).toBe(false);
  });
});

/** What a terminal shows: lines as wide as it is, commands as they are typed there, completion of a shell. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { progressText } from '../../client/cli/activityText.js';
import { forPeople, typedAsItStands } from '../../client/cli/forPeople.js';
import { wrapLines } from '../../client/wrap.js';
import { recordingTerminal, uplift } from '../e2e/cliTerminal.js';

describe('lines', () => {
  it('are broken between words, below their last column', () => {
    expect(wrapLines('  modules   31 modules: 23 prepared, 1 failed', 36)).toBe(
      '  modules   31 modules: 23 prepared,\n            1 failed',
    );
    expect(wrapLines('Development: waits for an approval of the gate', 32)).toBe(
      'Development: waits for an\n  approval of the gate',
    );
  });

  it('stay whole where somebody copies them', () => {
    const command = '  uplift approve Development --gate applications --as NAME --reason WHY';
    const json = '  {"gate":"plan","plan":"0123456789abcdef","token":"0123456789abcdef", "approver":""}';
    expect(wrapLines(`${command}\n${json}`, 40)).toBe(`${command}\n${json}`);
  });

  it('lose no word, and are no wider than the terminal unless a word is', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.nat(8),
        fc.integer({ min: 40, max: 120 }),
        (words, by, width) => {
          const lines = wrapLines(' '.repeat(by) + words.join(' '), width).split('\n');
          expect(lines.join(' ').trim().split(/\s+/)).toEqual(words);
          expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('are as wide as what is seen of them: colours do not count', () => {
    const { red } = picocolors.createColors(true);
    const line = `modules ${red('2 failed')} ${red('3 skipped')} of them`;
    expect(wrapLines(line, 34)).toBe(line);
  });
});

describe('commands in what is said', () => {
  it.each([
    ['next: uplift status', 'next: npx uplift status --data /d'],
    ['uplift retry Development prepares it', 'npx uplift retry --data /d Development prepares it'],
    ['uplift up --data /other', 'npx uplift up --data /other'],
    ['blocked by: uplift up, process 12', 'blocked by: uplift up, process 12'],
    ['Uplift cannot know it; uplift is well', 'Uplift cannot know it; uplift is well'],
    ['uplift.yaml says so, in /srv/uplift plan.json', 'uplift.yaml says so, in /srv/uplift plan.json'],
  ])('%s', (said, shown) => {
    expect(typedAsItStands(said, { program: 'npx uplift', data: '/d' })).toBe(shown);
  });

  it('are left alone where uplift is installed and the data folder is the usual one', () => {
    expect(typedAsItStands('uplift status', { program: 'uplift', data: undefined })).toBe('uplift status');
  });

  it('are known, every one', async () => {
    const { out } = await uplift('--help');
    const names = [...out.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(([, name = '']) => name);
    const unknown = names.filter((name) => !typedAsItStands(`uplift ${name}`, npx).startsWith('npx '));
    expect(unknown).toEqual(['help']);
  });

  const npx = { program: 'npx uplift', data: undefined };

  it('stand as they are in a document for programs', () => {
    const [out, err]: [string[], string[]] = [[], []];
    const columns = { out: 40, err: 40 };
    const terminal = forPeople(recordingTerminal(out, err), { ...npx, json: true, columns });
    terminal.print('{"next": "uplift status"}');
    terminal.talk('uplift status');
    expect([out, err]).toEqual([['{"next": "uplift status"}'], ['npx uplift status']]);
  });
});

describe('how far a run is', () => {
  const minute = 60_000;
  const began = '2026-03-01T10:00:00.000Z';
  const at = (minutes: number) => Date.parse(began) + minutes * minute;
  const progress = { position: 3, of: 7, began, closes: '2026-03-01T14:00:00.000Z' };

  it('is said in steps, with the time that is left and when the window closes', () => {
    const expected = { now: 10 * minute, later: 6 * minute };
    const said = (minutes: number) => progressText({ ...progress, expected }, 'step', at(minutes));
    expect(said(4)).toBe(', step 3 of 7, about 12 min left, the window closes 2026-03-01 14:00 UTC');
    expect(said(600)).toContain('about 6 min left');
  });

  it('is said in environments of the whole infrastructure', () => {
    const whole = { ...progress, position: 2, of: 4, expected: null, closes: null };
    expect(progressText(whole, 'environment', at(1))).toBe(', environment 2 of 4');
  });
});

describe('uplift completion', () => {
  const script = async (shell: string) => (await uplift('completion', shell)).out;

  it.each([
    [['uplift', 'pl'], ['plan']],
    [['uplift', 'approve', '--acc'], ['--accept']],
    [
      ['uplift', 'worker', '--role', ''],
      ['orchestrator', 'compile'],
    ],
    [['uplift', 'completion', 'z'], ['zsh']],
  ])('completes %j in bash', async (words, offered) => {
    const typedWords = words.map((word) => `'${word}'`).join(' ');
    const test = `COMP_WORDS=(${typedWords}); COMP_CWORD=${words.length - 1}; _uplift; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const shown = execFileSync('bash', ['-c', `${await script('bash')}\n${test}`], { encoding: 'utf8' });
    expect(shown.trim().split('\n')).toEqual(offered);
  });

  it.each([
    ['zsh', /^#compdef uplift\n(.|\n)*report\) _arguments .*'--output\[/],
    ['fish', /complete -c uplift -n '__fish_seen_subcommand_from report' -s o -l output -r -d /],
  ])('has every command for %s', async (shell, option) => {
    const text = await script(shell);
    for (const name of ['up', 'history', 'report', 'go-live']) expect(text).toContain(name);
    expect(text).toMatch(option);
  });
});

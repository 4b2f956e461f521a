/** Words and columns for people, and progress without a terminal. */
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { scheduleText } from '../../client/cli/commands/schedule.js';
import { nodeVersion } from '../../client/cli/doctor/machine.js';
import { plainProgress } from '../../client/cli/progress.js';
import { columns, counted, duration, typed } from '../../client/words.js';

describe('words', () => {
  it('columns are as wide as what is seen, whatever colours are in it', () => {
    const { red } = picocolors.createColors(true);
    const [first, second] = columns([
      [red('ab'), 'c'],
      ['defg', 'h'],
    ]).split('\n');
    expect(first).toBe(`${red('ab')}    c`);
    expect(second).toBe('defg  h');
  });

  it.each([
    [400, '0 s'],
    [89_000, '89 s'],
    [90_000, '2 min'],
    [3_600_000, '60 min'],
    [5_400_000, '1 h 30 min'],
  ])('%i milliseconds are said as %s', (milliseconds, said) => {
    expect(duration(milliseconds)).toBe(said);
  });

  it.each([
    ['@acme/claims', '@acme/claims'],
    ['Pre Production', "'Pre Production'"],
    ["it's", "'it'\\''s'"],
    ['$(reboot)', "'$(reboot)'"],
  ])('%s is typed as %s', (word, safe) => {
    expect(typed(word)).toBe(safe);
  });

  it('one is one and others are more', () => {
    expect([0, 1, 2].map((count) => counted(count, 'module'))).toEqual(['0 modules', '1 module', '2 modules']);
  });
});

describe('progress without a terminal', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    (line) => lines.push(line),
    () => new Date('2026-03-01T10:11:12Z'),
  );
  const shown = (...items: Parameters<typeof progress.show>[0]) => {
    lines.length = 0;
    progress.show(items);
    return [...lines];
  };

  it('says what changed, once, and again when it comes back', () => {
    const step = { key: 'run', text: 'step plan' };
    const gate = { key: 'gate', text: 'waits\n  approve' };
    expect(shown(step, gate)).toEqual(['10:11:12Z step plan', '10:11:12Z waits', '10:11:12Z   approve']);
    expect(shown(step, gate)).toEqual([]);
    expect(shown({ ...step, text: 'step server' })).toEqual(['10:11:12Z step server']);
    expect(shown({ ...step, text: 'step server' }, gate)).toEqual(['10:11:12Z waits', '10:11:12Z   approve']);
  });

  it('says the end of what it has shown, once', () => {
    const run = { key: 'run', text: 'step tests', gone: 'the upgrade has ended' };
    shown(run);
    expect(shown()).toEqual(['10:11:12Z the upgrade has ended']);
    expect(shown()).toEqual([]);
  });
});

it('a schedule shows its next nights only when it is not paused', () => {
  const schedule = {
    id: 'nightly/acme/Development',
    at: '02:00',
    timeZone: 'Europe/Lisbon',
    paused: true,
    note: 'made paused',
    nextRuns: ['2026-03-02T02:00:00.000Z'],
    recentRuns: [],
  };
  expect(scheduleText('Development', schedule)).not.toContain('2026-03-02');
  expect(scheduleText('Development', { ...schedule, paused: false })).toContain('next   2026-03-02T02:00:00.000Z');
});

it.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.1.0', true],
])('doctor: Node %s is new enough: %s', (version, ok) => {
  expect(nodeVersion(version).ok).toBe(ok);
});

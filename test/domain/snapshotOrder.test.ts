/** Snapshots by token; by number and clock where an older program kept no token. */
import { describe, expect, it } from 'vitest';
import { isOfHold, newestFirst } from '../../domain/goLive/snapshotOrder.js';

const early = '2026-03-01T22:00:00.000Z';
const late = '2026-03-02T22:00:00.000Z';
const snapshot = (id: string, token: number | null, takenAt: string) => ({ id, token, takenAt });

describe('LIVE-05 the newest snapshot', () => {
  it.each([
    ['has the greater token, whatever the clock said', [snapshot('a#1', 4, late), snapshot('a#2', 9, early)]],
    ['has a token when the other has none', [snapshot('a#7', null, late), snapshot('a#2', 1, early)]],
    ['is that of the later upgrade when neither has one', [snapshot('a#9', null, late), snapshot('a#10', null, early)]],
    ['is the later one when nothing else is known', [snapshot('first', null, early), snapshot('a#2', null, late)]],
  ] as const)('%s', (_what, [older, newer]) => {
    expect([older, newer].sort(newestFirst)).toEqual([newer, older]);
    expect([newer, older].sort(newestFirst)).toEqual([newer, older]);
  });
});

describe('LIVE-05 a snapshot is of a hold', () => {
  it.each([
    ['taken under its first token', { token: 5, takenAt: early }, { firstToken: 5, since: late }, true],
    ['taken under a later one', { token: 6, takenAt: early }, { firstToken: 5, since: late }, true],
    ['taken before it', { token: 4, takenAt: late }, { firstToken: 5, since: early }, false],
    ['taken by an older program, before it', { token: null, takenAt: late }, { firstToken: 5, since: early }, false],
    ['taken since an older program began it', { token: 4, takenAt: early }, { firstToken: null, since: late }, true],
    ['both of an older program, taken since', { token: null, takenAt: late }, { firstToken: null, since: early }, true],
    ['both of an older program, before', { token: null, takenAt: early }, { firstToken: null, since: late }, false],
  ])('%s', (_what, taken, hold, expected) => {
    expect(isOfHold(taken, hold)).toBe(expected);
  });
});

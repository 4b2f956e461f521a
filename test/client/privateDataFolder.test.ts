/** The data folder is its owner's alone, also where it was not. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { privateDataFolder } from '../../store/privateDataFolder.js';

let folder: string;

beforeEach(() => {
  const umask = process.umask(0o022);
  onTestFinished(() => {
    process.umask(umask);
  });
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'uplift-private-')), 'data');
});

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

function modes(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(['.', ...names].map((name) => [name, modeOf(path.join(folder, name))]));
}

it('makes it, and from then on everything in it, for its owner only', () => {
  expect(privateDataFolder(folder)).toBe(0);

  mkdirSync(path.join(folder, 'logs'));
  writeFileSync(path.join(folder, 'logs', 'up.log'), '');
  expect(modes()).toEqual({ '.': '700', logs: '700', 'logs/up.log': '600' });
});

it('closes one that others could read, with all that is in it, and says how much that was', () => {
  mkdirSync(path.join(folder, 'snapshots', 'Production'), { recursive: true });
  for (const file of ['platform.db', 'platform.db-wal', 'snapshots/Production/copy.db']) {
    writeFileSync(path.join(folder, file), '');
  }
  chmodSync(path.join(folder, 'platform.db'), 0o666);

  expect(privateDataFolder(folder)).toBe(6);

  expect(modes()).toEqual({
    '.': '700',
    'platform.db': '600',
    'platform.db-wal': '600',
    snapshots: '700',
    'snapshots/Production': '700',
    'snapshots/Production/copy.db': '600',
  });
  expect(privateDataFolder(folder)).toBe(0);
});

it('leaves alone what links of it lead to', () => {
  const elsewhere = path.join(path.dirname(folder), 'elsewhere');
  writeFileSync(elsewhere, '');
  mkdirSync(folder, { mode: 0o700 });
  symlinkSync(elsewhere, path.join(folder, 'link'));

  expect(privateDataFolder(folder)).toBe(0);

  expect(modeOf(elsewhere)).toBe('644');
});

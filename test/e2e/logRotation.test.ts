/** Logs do not grow without end, and lose no line that matters: their processes go on writing all the while. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rotateLogs } from '../../client/local/logRotation.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import { until } from './until.js';

const limits = { bytes: 100_000, copies: 4 };

/** From the oldest on, the lines of a log and of its copies. */
function linesOf(log: string): readonly string[] {
  const files = [4, 3, 2, 1].map((number) => `${log}.${number}`).filter((file) => fs.existsSync(file));
  return [...files, log].flatMap((file) => fs.readFileSync(file, 'utf8').split('\n').slice(0, -1));
}

it('a log that is large is emptied, its process goes on at its beginning, and no more than four copies are kept', async () => {
  const folder = temporaryFolder();
  const log = path.join(folder, 'worker.log');
  fs.writeFileSync(path.join(folder, 'small.log'), 'small\n');
  const written = fs.openSync(log, 'a');
  const line = (number: number) => `${number} ${'x'.repeat(limits.bytes)}`;
  for (const number of [1, 2, 3, 4, 5, 6]) {
    fs.writeSync(written, `${line(number)}\n`);
    await rotateLogs(folder, limits);
  }
  fs.writeSync(written, 'now\n');
  fs.closeSync(written);

  expect(fs.readdirSync(folder).sort()).toEqual([
    ...['small.log', 'worker.log', 'worker.log.1', 'worker.log.2', 'worker.log.3', 'worker.log.4'],
  ]);
  expect(linesOf(log)).toEqual([line(3), line(4), line(5), line(6), 'now']);
});

it('of what a process writes while its log is copied, lines are whole and in order, and hardly any is missing', async () => {
  const folder = temporaryFolder();
  const log = path.join(folder, 'worker.log');
  const output = fs.openSync(log, 'a');
  const writing = `const { writeSync } = require('node:fs');
    let number = 0;
    setInterval(() => { for (let more = 0; more < 20; more++) writeSync(1, String(number++).padStart(200) + '\\n'); }, 1);`;
  const child = spawn(process.execPath, ['-e', writing], { stdio: ['ignore', output, 'inherit'] });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let rotations = 0;
  await until('the log was emptied three times', async () => {
    await rotateLogs(folder, limits);
    rotations = fs.readdirSync(folder).length - 1;
    return rotations === 3;
  });
  child.kill('SIGKILL');
  await ended;
  fs.closeSync(output);

  const numbers = linesOf(log).map(Number);
  expect(numbers.filter((number) => !Number.isInteger(number))).toEqual([]);
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect((numbers.at(-1) ?? 0) + 1 - numbers.length).toBeLessThanOrEqual(3 * rotations);
});

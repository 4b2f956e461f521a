/** The application database when several front ends start on a new environment at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { applicationDatabaseFile } from '../../platform/embedded/frontEnd/applicationDatabase.js';
import { temporaryFolder } from './tinyFactory.js';

const processes = 4;
const environments = 60;

/** Milliseconds in which all processes are up. */
const startTime = 2500;

/** Milliseconds between two environments that all processes open at the same moment. */
const apart = 25;

it('front ends that create it at the same moment all open it and all write', async () => {
  const data = temporaryFolder();
  onTestFinished(() => fs.rmSync(data, { recursive: true, force: true, maxRetries: 3 }));

  const first = Date.now() + startTime;
  const problems = await Promise.all(Array.from({ length: processes }, () => openAll(data, first)));

  expect(problems).toEqual(Array(processes).fill(''));
  const left = fs.readdirSync(path.join(data, 'environments', '7')).filter((name) => !/-(wal|shm)$/.test(name));
  expect(left).toEqual(['application.db']);
});

it('is there with its write-ahead log on before anybody opens it, and kept when it is', () => {
  const data = temporaryFolder();
  onTestFinished(() => fs.rmSync(data, { recursive: true, force: true }));

  const file = applicationDatabaseFile(data, 'Development');

  // Bytes 18 and 19 of the header: 2 is the write-ahead log.
  expect([...fs.readFileSync(file).subarray(18, 20)]).toEqual([2, 2]);
  const { ino } = fs.statSync(file);
  expect(applicationDatabaseFile(data, 'Development')).toBe(file);
  expect(fs.statSync(file).ino).toBe(ino);
});

/** Opens one new database after the other and writes to it, in step with the other processes; gives what went wrong. */
async function openAll(data: string, first: number): Promise<string> {
  const entry = path.resolve('dist', 'platform', 'embedded', 'frontEnd', 'applicationDatabase.js');
  if (!fs.existsSync(entry)) throw new Error(`${entry} is missing: npm run build`);
  const script = `
    import { openApplicationDatabase } from ${JSON.stringify(pathToFileURL(entry).href)};
    const until = (moment) => { while (Date.now() < moment); };
    for (let environment = 1; environment <= ${environments}; environment++) {
      until(${first} + environment * ${apart});
      try {
        const database = openApplicationDatabase(${JSON.stringify(data)}, String(environment));
        database.run('create table if not exists t (a)', []);
        database.run('insert into t values (1)', []);
        database.close();
      } catch (error) { console.log(environment + ': ' + error.message); }
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  await once(child, 'close');
  return output.trim();
}

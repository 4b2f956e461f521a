/** One `uplift up` per data folder, and whoever was killed does not keep it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockDataFolder } from '../../client/local/dataFolderLock.js';
import { supervisorName } from '../../client/local/processTable.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { startTimeOf } from '../../platform/processes/systemProcesses.js';

it('DATA_FOLDER_BUSY while another supervisor lives, naming its process; free once that is gone', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uplift-lock-'));
  const database = openPlatformDatabase(folder);
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  onTestFinished(async () => {
    other.kill('SIGKILL');
    await database.destroy();
    await rm(folder, { recursive: true, force: true });
  });
  await once(other, 'spawn');
  const pid = other.pid as number;
  const row = { name: supervisorName, pid, start_time: (await startTimeOf(pid)) ?? '', generation: '' };
  await database.insertInto('processes').values(row).execute();

  await expect(lockDataFolder(folder)).rejects.toMatchObject({
    code: 'DATA_FOLDER_BUSY',
    parts: { what: `${folder} is in use`, blockedBy: `uplift up, process ${pid}` },
  });

  other.kill('SIGKILL');
  await once(other, 'exit');
  const unlock = await lockDataFolder(folder);
  await unlock();
  expect(await database.selectFrom('processes').selectAll().execute()).toEqual([]);
});

/** What the database itself refuses, and what goes wrong without it. */
import { expect, it } from 'vitest';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import fs from 'node:fs'; import os from 'node:os'; import path from 'node:path';
it('opens', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'uplift-'));
  const db = openPlatformDatabase(dir);
  const again = openPlatformDatabase(dir);
  expect(await again.selectFrom('modules').selectAll().execute()).toEqual([]);
  await expect(db.insertInto('wanted_modules').values({ environment: 'D', module: 'm', instance: 'i', token: 1 }).execute()).rejects.toThrow('FENCED');
});

/** The rows of running processes, in the platform database. */
import type { PlatformDatabase } from '../../platform/embedded/database.js';
import type { ProcessTable } from './processSpec.js';

export function databaseProcessTable(database: PlatformDatabase): ProcessTable {
  return {
    read: async () => {
      const rows = await database.selectFrom('processes').selectAll().where('name', '!=', supervisorName).execute();
      return rows.map(({ name, pid, start_time, generation }) => ({ name, pid, startTime: start_time, generation }));
    },
    write: async ({ name, pid, startTime, generation }) => {
      const row = { pid, start_time: startTime, generation };
      await database
        .insertInto('processes')
        .values({ name, ...row })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute();
    },
    remove: async (name) => {
      await database.deleteFrom('processes').where('name', '=', name).execute();
    },
  };
}

/** The row of the process that supervises the others: the data folder's lock. */
export const supervisorName = 'up';

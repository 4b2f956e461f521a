/** What an earlier supervisor of the same data folder left running: taken over when it is recorded, ended when it is not. */
import { endProcess, isAlive } from '../../platform/processes/processIdentity.js';
import { markedProcesses } from '../../platform/processes/systemProcesses.js';
import type { ProcessRow, ProcessTable } from './processSpec.js';
import type { Surroundings } from './supervisedProcess.js';

/** A process nobody recorded gets this long, in milliseconds, to end by itself. */
const strayGrace = 5_000;

/**
 * The rows whose process is alive; those of processes that are gone are removed. Ends every process that carries the mark and
 * belongs to none of these: one whose supervisor was killed between start and record, and what outlived a crashed one.
 */
export async function survivors(
  table: ProcessTable,
  markPrefix: string,
  log: Surroundings['log'],
): Promise<readonly ProcessRow[]> {
  const rows = await Promise.all((await table.read()).map(async (row) => ({ row, alive: await isAlive(row) })));
  const alive = rows.filter((each) => each.alive).map(({ row }) => row);
  const recorded = new Set(alive.map(({ pid }) => pid));
  const strays = (await markedProcesses(markPrefix)).filter(({ group }) => !recorded.has(group));
  for (const { name, pid } of strays) log.warn({ process: name, pid }, 'ending what was started and not recorded');
  await Promise.all(strays.map((stray) => endProcess(stray, strayGrace)));
  for (const { row } of rows.filter((each) => !each.alive)) await table.remove(row.name);
  return alive;
}

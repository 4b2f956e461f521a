/** A copy of an environment's application data, as it is at one moment while front ends go on writing. */
import path from 'node:path';
import { toDisk } from '../../../database/disk.js';
import { countRows, literal, openConnection, tablesOf } from './sqlite.js';

/**
 * Writes the file `to`, and brings it to the disk: what it was copied from may be replaced next. Returns its rows by table. The driver
 * has no backup; `vacuum into` is as consistent, for it reads in one transaction, and it keeps row ids.
 */
export async function copyApplicationData(from: string, to: string): Promise<Readonly<Record<string, number>>> {
  const source = await openConnection(from);
  try {
    await source.exec(`vacuum main into ${literal(to)}`);
  } finally {
    source.close();
  }
  await toDisk(to);
  await toDisk(path.dirname(to));
  const copy = await openConnection(to);
  try {
    const tables = (await tablesOf(copy, 'main')).filter(({ kind }) => kind === 'content');
    const counted: [string, number][] = [];
    for (const table of tables) counted.push([table.name, await countRows(copy, 'main', table)]);
    return Object.fromEntries(counted);
  } finally {
    copy.close();
  }
}

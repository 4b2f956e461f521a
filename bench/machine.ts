/** The machine that figures were measured on. */
import { statfs } from 'node:fs/promises';
import os from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** In GiB. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  /** What holds the folders that are measured in: a name, or the number statfs(2) gives it. */
  readonly fileSystem: string;
  /** Running and waiting processes, a mean of a minute: before and after. Some are the measurement's own. */
  readonly load: { readonly before: number; readonly after: number };
}

export async function describeMachine(loadBefore: number): Promise<Machine> {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memory: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${/^\d+\.\d+/.exec(os.release())?.[0] ?? ''} ${os.arch()}`,
    node: process.version,
    fileSystem: await fileSystemOf(os.tmpdir()),
    load: { before: loadBefore, after: load() },
  };
}

export function load(): number {
  return Math.round((os.loadavg()[0] ?? 0) * 10) / 10;
}

export function describedInWords({ processor, cores, memory, system, node, fileSystem, load }: Machine): string {
  return `${cores} cores (${processor}), ${memory} GiB, ${system}, Node ${node}, temporary folders on ${fileSystem}, load ${load.before} before and ${load.after} after`;
}

/** Magic numbers of statfs(2). */
const fileSystems: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs',
  2035054128: 'overlayfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
};

async function fileSystemOf(folder: string): Promise<string> {
  const { type } = await statfs(folder);
  return fileSystems[type] ?? `file system ${type}`;
}

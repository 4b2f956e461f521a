/** The peer itself: one `tsc -b` over the whole workspace, with the flags and the environment it has by default. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Release } from '../../platform/embedded/compile/release.js';
import { processorTime } from '../installation/cpu.js';
import type { Workspace } from './workspace.js';

export interface MeasuredBuild {
  /** From the start of the process to its end. */
  readonly milliseconds: number;
  /** Processor time in milliseconds; null where the system does not tell. */
  readonly processor: number | null;
}

/** What Uplift adds for its groups. */
const ofGroups: readonly string[] = ['--verbose', '--singleThreaded'];

/** Throws when a module does not compile. */
export async function plainBuild({ folder }: Workspace, { compiler }: Release): Promise<MeasuredBuild> {
  const before = await processorTime(process.pid);
  const started = performance.now();
  // The executable itself, as Uplift starts it: the launcher of the package would add a start of Node.
  const plainly = compiler.args.filter((argument) => !ofGroups.includes(argument));
  const child = spawn(compiler.command, plainly, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8');
  let printed = '';
  child.stdout.on('data', (text: string) => {
    printed += text;
  });
  const [code] = await once(child, 'close');
  const milliseconds = performance.now() - started;
  const after = await processorTime(process.pid);
  if (code !== 0) throw new Error(`tsc -b ended with ${code}: ${printed.slice(0, 2000)}`);
  return { milliseconds, processor: before && after ? after.children - before.children : null };
}

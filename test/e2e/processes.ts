/** The processes of a running `uplift up`, by what they are; each is found by its record and ended by its process id. */
import { startTimeOf } from '../../client/local/systemProcesses.js';
import { environment } from './factories.js';
import { platformRows } from './state.js';
import { until } from './until.js';
import { startedBy, type Uplift } from './uplift.js';

export const processKinds = ['compiler', 'worker', 'Temporal server', 'front end', 'Service Center', 'up'] as const;
export type ProcessKind = (typeof processKinds)[number];

const names: Readonly<Record<Exclude<ProcessKind, 'compiler' | 'up'>, string>> = {
  worker: 'worker',
  'Temporal server': 'temporal',
  'front end': 'front-end fe-1',
  'Service Center': `service-center ${environment}`,
};

/** Ends one of that kind at once, with SIGKILL. Returns when it is gone, and for `up` when the same command serves again. */
export async function kill(uplift: Uplift, kind: ProcessKind): Promise<void> {
  const pid = await pidOf(uplift, kind);
  process.kill(pid, 'SIGKILL');
  await until(`the end of ${kind}`, async () => (await startTimeOf(pid)) === undefined);
  if (kind === 'up') await uplift.startAgain();
}

export async function pidOf(uplift: Uplift, kind: ProcessKind): Promise<number> {
  switch (kind) {
    case 'up':
      return uplift.pid;
    case 'compiler':
      return until('a compiler', () => compilerOf(uplift));
    default:
      return recordedPid(uplift, names[kind]);
  }
}

/** Undefined while none runs. */
async function compilerOf(uplift: Uplift): Promise<number | undefined> {
  const worker = recordedPid(uplift, names.worker);
  const all = await startedBy(uplift.dataFolder);
  return all.find(({ group, pid }) => group === worker && pid !== worker)?.pid;
}

function recordedPid(uplift: Uplift, name: string): number {
  const [row] = platformRows<{ pid: number }>(uplift, 'select pid from processes where name = ?', name);
  if (!row) throw new Error(`no process ${name} is recorded`);
  return row.pid;
}

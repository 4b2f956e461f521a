/** The processes of a running `uplift up`, by what they are; each is found by its record and ended by its process id. */
import { sendSignal, startTimeOf } from '../../platform/processes/systemProcesses.js';
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

/**
 * Ends one of that kind at once, with SIGKILL. Returns when it is gone; for `up` when the same command serves again, for the
 * Temporal server when another one answers.
 */
export async function kill(uplift: Uplift, kind: ProcessKind): Promise<void> {
  const killed = await until(`a ${kind} to kill`, async () => {
    const pid = await pidOf(uplift, kind);
    // A compiler may have ended in between. What the Temporal server's process has started, the server itself, is of its group.
    const meant = pid !== undefined && kind === 'Temporal server' ? -pid : pid;
    return meant !== undefined && sendSignal(meant, 'SIGKILL') && pid;
  });
  await until(`the end of the ${kind}`, async () => (await startTimeOf(killed)) === undefined);
  if (kind === 'up') await uplift.startAgain();
  if (kind === 'Temporal server') await uplift.reconnect();
}

/** Undefined while none runs. */
export async function pidOf(uplift: Uplift, kind: ProcessKind): Promise<number | undefined> {
  switch (kind) {
    case 'up':
      return uplift.pid;
    case 'compiler':
      return compilerOf(uplift);
    default:
      return recordedPid(uplift, names[kind]);
  }
}

async function compilerOf(uplift: Uplift): Promise<number | undefined> {
  const worker = recordedPid(uplift, names.worker);
  const all = await startedBy(uplift.dataFolder);
  return all.find(({ group, pid }) => group === worker && pid !== worker)?.pid;
}

function recordedPid(uplift: Uplift, name: string): number | undefined {
  return platformRows<{ pid: number }>(uplift, 'select pid from processes where name = ?', name)[0]?.pid;
}

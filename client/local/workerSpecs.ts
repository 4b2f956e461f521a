/** The workers that `up` supervises: the one of the platform, and one for each host that is this machine. */
import { fileURLToPath } from 'node:url';
import { hostQueueOf, type Installation, taskQueueOf } from '../../contract/installation.js';
import { layout } from '../../platform/embedded/layout.js';
import { processEnvironment } from '../../platform/processes/processEnvironment.js';
import { ownServerVariables } from '../../temporal/configuration.js';
import type { TemporalServer } from '../../temporal/server.js';
import type { ProcessSpec } from './processSpec.js';

/** Where a worker finds what it serves. */
export interface WorkerPlace {
  readonly dataFolder: string;
  readonly temporal: TemporalServer;
  readonly address: string;
  readonly namespace: string;
  readonly installation: Installation;
}

export interface HostWorker {
  /** As plans name it. */
  readonly host: string;
  /** Absolute path of the file that says what it may run. */
  readonly commandsFile: string;
  /** Of its own, on the loopback address: they tell whether it serves. */
  readonly metricsPort: number;
}

export const workerName = 'worker';

/** Milliseconds. A worker is given the time its groups need; a host's worker waits for no command. */
const stopGrace = { worker: 50_000, hostWorker: 30_000 };

const fromSources = import.meta.url.endsWith('.ts');
const script = fileURLToPath(new URL(`${fromSources ? '../../dist/client' : '..'}/cli/main.js`, import.meta.url));

export function workerSpec(place: WorkerPlace, metricsPort: number): ProcessSpec {
  const queue = taskQueueOf(place.installation);
  const serving = { metricsPort, queue, poller: 'workflow_task', stopGrace: stopGrace.worker } as const;
  const worker = spec(place, workerName, [], serving);
  return { ...worker, env: { ...processEnvironment('site client'), ...worker.env } };
}

/** Its commands outlive it, and are none of the processes that a supervisor ends. */
export function hostWorkerSpec(place: WorkerPlace, { host, commandsFile, metricsPort }: HostWorker): ProcessSpec {
  const queue = hostQueueOf(taskQueueOf(place.installation), host);
  const words = ['--role', `host:${host}`, '--commands', commandsFile];
  const serving = { metricsPort, queue, poller: 'activity_task', stopGrace: stopGrace.hostWorker } as const;
  return spec(place, `host ${host}`, words, serving);
}

interface Serving {
  readonly metricsPort: number;
  readonly queue: string;
  /** It serves once it asks for these. */
  readonly poller: 'workflow_task' | 'activity_task';
  readonly stopGrace: number;
}

function spec(
  place: WorkerPlace,
  name: string,
  words: readonly string[],
  { metricsPort, queue, poller, stopGrace }: Serving,
): ProcessSpec {
  const { dataFolder, address, namespace } = place;
  return {
    name,
    command: process.execPath,
    args: [
      ...['--enable-source-maps', script, 'worker', '--data', dataFolder, ...words],
      ...['--metrics-port', String(metricsPort)],
    ],
    env: temporalClientEnvironment(place),
    ports: [metricsPort],
    logFile: layout.log(dataFolder, name.replaceAll(' ', '-')),
    stopGrace,
    ready: () => polls(`http://127.0.0.1:${metricsPort}/metrics`, queue, poller),
    generation: [address, namespace, queue, ...words, script].join(' '),
  };
}

/** Keys and certificates go to processes that speak to the server they are for. */
export function temporalClientEnvironment({
  temporal,
  address,
  namespace,
}: Pick<WorkerPlace, 'temporal' | 'address' | 'namespace'>): Readonly<Record<string, string>> {
  switch (temporal.kind) {
    case 'running':
      return { ...processEnvironment('Temporal client'), TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    case 'binary':
      return { ...processEnvironment('plain'), ...ownServerVariables({ address, namespace }) };
  }
}

/** A worker's metrics answer long before it asks for tasks. */
async function polls(metricsUrl: string, taskQueue: string, poller: Serving['poller']): Promise<boolean> {
  const response = await fetch(metricsUrl, { signal: AbortSignal.timeout(3_000) });
  const polling = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('temporal_num_pollers{') && line.includes(`task_queue="${taskQueue}"`));
  return polling.some((line) => line.includes(`poller_type="${poller}"`) && !line.endsWith(' 0'));
}

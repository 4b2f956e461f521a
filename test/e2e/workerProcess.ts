/** `uplift worker` as a process of a test, beside the one that `uplift up` supervises or alone. */
import { type CommandProcess, spawnUplift } from './commandProcess.js';

export interface WorkerOptions {
  readonly dataFolder: string;
  /** Of the Temporal server. */
  readonly address: string;
  readonly metricsPort?: number;
}

export function startWorkerProcess({ dataFolder, address, metricsPort }: WorkerOptions): Promise<CommandProcess> {
  const metrics = metricsPort === undefined ? [] : ['--metrics-port', String(metricsPort)];
  return spawnUplift(['worker', '--data', dataFolder, ...metrics], { TEMPORAL_ADDRESS: address });
}

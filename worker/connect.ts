/** How a worker reaches the Temporal server: as every command does. */
import { NativeConnection } from '@temporalio/worker';
import { UpliftError } from '../domain/errors.js';
import { readRunFile } from '../store/runFile.js';
import { temporalConfiguration } from '../temporal/configuration.js';

export interface Connected {
  readonly connection: NativeConnection;
  readonly address: string;
  readonly namespace: string;
}

/** Throws `TEMPORAL_UNAVAILABLE`. */
export async function connectWorker(dataFolder: string): Promise<Connected> {
  const started = (await readRunFile(dataFolder))?.temporal;
  const { connectionOptions, namespace = 'default' } = temporalConfiguration(started);
  const { address = 'localhost:7233' } = connectionOptions;
  try {
    return { connection: await NativeConnection.connect({ ...connectionOptions, address }), address, namespace };
  } catch (error) {
    const what = `No Temporal server answers at ${address}`;
    throw new UpliftError(
      'TEMPORAL_UNAVAILABLE',
      { what, next: 'uplift up, or name a server with TEMPORAL_ADDRESS' },
      { cause: error },
    );
  }
}

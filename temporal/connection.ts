/** How a command reaches the Temporal server. */
import { Client, Connection } from '@temporalio/client';
import type { Installation } from '../contract/installation.js';
import { UpliftError } from '../domain/errors.js';
import type { RunFile } from '../store/runFile.js';
import { temporalConfiguration } from './configuration.js';

export interface Temporal {
  readonly address: string;
  readonly namespace: string;
  /** Whoever is connected. */
  readonly installation: Installation;
  readonly dataFolder: string;
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

/** How long a server that is there may take to answer the first time. */
const connectTimeout = '5s';

/**
 * Throws `TEMPORAL_UNAVAILABLE` when the configured server does not answer, `NOT_RUNNING` when the one of `dataFolder` does not,
 * `INPUT_INVALID` when the configuration cannot be used.
 * Does not look whether the namespace exists.
 */
export async function connectTemporal(
  { temporal: started, installation }: RunFile,
  dataFolder: string,
): Promise<Temporal> {
  const { connectionOptions, namespace = started.namespace } = temporalConfiguration(started);
  const { address = started.address } = connectionOptions;
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout });
    const client = new Client({ connection, namespace });
    return { address, namespace, installation, dataFolder, client, connection, close: () => connection.close() };
  } catch (error) {
    throw address === started.address ? notStarted(address, dataFolder, error) : notThere(address, error);
  }
}

function notStarted(address: string, dataFolder: string, cause: unknown): UpliftError {
  const what = `No Temporal server answers at ${address}, where ${dataFolder}/run.json says it is`;
  return new UpliftError('NOT_RUNNING', { what, next: `uplift up --data ${dataFolder}` }, { cause });
}

function notThere(address: string, cause: unknown): UpliftError {
  const what = `No Temporal server answers at ${address}, which TEMPORAL_ADDRESS or Temporal's configuration file names`;
  return new UpliftError('TEMPORAL_UNAVAILABLE', { what, next: 'start that server, or name another' }, { cause });
}

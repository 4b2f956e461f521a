/**
 * How a client reaches the Temporal server: Temporal's own environment variables and configuration file come first, then what the
 * running `uplift up` has written down.
 */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { UpliftError } from '../domain/errors.js';
import type { RunFile } from './local/runFile.js';

export interface Temporal {
  readonly address: string;
  readonly namespace: string;
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
export async function connectTemporal(started: RunFile['temporal'], dataFolder: string): Promise<Temporal> {
  const { connectionOptions, namespace = started.namespace } = ownConfiguration();
  const { address = started.address } = connectionOptions;
  try {
    const connection = await Connection.connect({ ...connectionOptions, address, connectTimeout });
    const client = new Client({ connection, namespace });
    return { address, namespace, client, connection, close: () => connection.close() };
  } catch (error) {
    throw connectionOptions.address === undefined
      ? notStarted(started.address, dataFolder, error)
      : notThere(address, error);
  }
}

/** Temporal's. Throws `INPUT_INVALID` when its file or a variable cannot be understood, or a profile does not exist. */
function ownConfiguration(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    const what = `Temporal's own configuration cannot be used: ${error instanceof Error ? error.message : error}`;
    throw new UpliftError('INPUT_INVALID', { what, next: 'correct the TEMPORAL_ variables or temporal.toml' });
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

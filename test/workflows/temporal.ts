/** A real Temporal server for tests of workflows, set up as `uplift up` does it, and histories as they are read from it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { searchAttributes } from '../../contract/searchAttributes.js';
import { ensureTemporal } from '../../temporal/ensure.js';
import { obtainTemporal, temporalArguments, temporalServes } from '../../temporal/server.js';
import { freePort } from '../e2e/freePort.js';
import { until } from '../e2e/until.js';
import { temporaryFolder } from '../platform/tinyFactory.js';

export interface Temporal {
  readonly address: string;
  readonly connection: Connection;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export interface TemporalOptions {
  /** Values of the server's dynamic configuration, by name. */
  readonly dynamicConfig?: Readonly<Record<string, string | number>>;
  /** Without the search attributes that workflows set. */
  readonly bare?: true;
}

export async function startTemporal({ dynamicConfig = {}, bare }: TemporalOptions = {}): Promise<Temporal> {
  const server = await obtainTemporal({ say: () => undefined, environment: { ...process.env, TEMPORAL_ADDRESS: '' } });
  if (server.kind === 'running') throw new Error('a server of the test’s own is needed');
  const folder = temporaryFolder();
  const [port, uiPort] = [await freePort(), await freePort()];
  const databaseFile = path.join(folder, 'temporal.db');
  const values = Object.entries(dynamicConfig).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${JSON.stringify(value)}`,
  ]);
  const words = [...temporalArguments({ port, uiPort, databaseFile, logLevel: 'error' }), ...values];
  const child = spawn(server.command, words, { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  await until('the Temporal server', () => temporalServes(address));
  const connection = await Connection.connect({ address });
  if (!bare) await ensureTemporal(connection, { namespace: 'default', retentionDays: 90, searchAttributes });
  return {
    address,
    connection,
    client: new Client({ connection }),
    close: async () => {
      await connection.close();
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The types of the events, in order: `WORKFLOW_TASK_FAILED`. */
export async function eventTypes(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  const names = temporal.api.enums.v1.EventType;
  return (events ?? []).map(({ eventType }) => names[eventType ?? 0]?.replace('EVENT_TYPE_', '') ?? '');
}

/** The current details, as the UI shows them. */
export async function detailsOf(handle: WorkflowHandle): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }, []>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

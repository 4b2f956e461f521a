/** Which Temporal server is meant, and what goes with it: keys and certificates for one server are sent to no other. */
import type { ConnectionOptions } from '@temporalio/client';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { UpliftError } from '../domain/errors.js';
import type { RunFile } from '../store/runFile.js';

export interface TemporalConfiguration {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'] & Pick<ConnectionOptions, 'channelArgs'>;
  readonly namespace?: string;
}

type Server = Pick<RunFile['temporal'], 'address' | 'namespace'>;

/** A server on this machine is reached without the proxy that the shell may name. */
export const withoutProxy = { channelArgs: { 'grpc.enable_http_proxy': 0 } } as const;

/**
 * The server that `TEMPORAL_ADDRESS` names, as all of Temporal's variables and its file say; else the one that `uplift up` has written
 * down. Where that is its own, nothing else counts; where somebody else runs it (no `ui` is known of it), keys and certificates do.
 *
 * Throws `INPUT_INVALID` when the file or a variable cannot be understood, or a profile does not exist.
 */
export function temporalConfiguration(started?: RunFile['temporal']): TemporalConfiguration {
  if (!process.env['TEMPORAL_ADDRESS'] && started && started.ui !== null) return ownServer(started);
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    // A variable that is set to nothing is as one that is not set.
    const address = connectionOptions.address || started?.address;
    const inNamespace = namespace || started?.namespace;
    return {
      connectionOptions: { ...connectionOptions, ...(address && { address }) },
      ...(inNamespace && { namespace: inNamespace }),
    };
  } catch (error) {
    const what = `Temporal's own configuration cannot be used: ${error instanceof Error ? error.message : error}`;
    throw new UpliftError('INPUT_INVALID', { what, next: 'correct the TEMPORAL_ variables or temporal.toml' });
  }
}

export function ownServer({ address, namespace }: Server): TemporalConfiguration {
  return { connectionOptions: { address, ...withoutProxy }, namespace };
}

/** Tells a process that is started about a server of our own, and that there is no file to read. */
export function ownServerVariables({ address, namespace }: Server): Readonly<Record<string, string>> {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, TEMPORAL_CONFIG_FILE: '' };
}

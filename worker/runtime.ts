/** Temporal's native runtime: its log goes to ours, its metrics to Prometheus. */
import { DefaultLogger, type LogLevel, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Level, Logger } from 'pino';
import { startCheckedProxy } from '../http/checkedProxy.js';
import type { Serving } from '../http/listen.js';
import { freePort } from '../http/port.js';

const levels: Record<LogLevel, Level> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/** Must run before any connection is made. `metricsAddress` as `127.0.0.1:9464`; without one nothing is served. */
export function installRuntime(log: Logger, metricsAddress?: string): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => log[levels[level]]({ ...meta }, message)),
    // The process decides when to stop: signals are handled where its other resources are closed too.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress
        ? {
            metrics: {
              prometheus: {
                bindAddress: metricsAddress,
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }
        : {}),
    },
  });
}

/**
 * Serves on `port` of the loopback address what the runtime is told to serve at `address`: its own endpoint answers to any name, so
 * that it listens where nobody is told. Throws `PORT_IN_USE`.
 */
export async function metricsDoor(port: number): Promise<Serving & { readonly address: string }> {
  const target = await freePort();
  const door = await startCheckedProxy({ port, target, what: 'the metrics endpoint' });
  return { ...door, address: `127.0.0.1:${target}` };
}

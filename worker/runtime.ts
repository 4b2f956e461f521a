/** Temporal's native runtime: its log goes to ours, its metrics to Prometheus. */

import { DefaultLogger, type LogLevel, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Level, Logger } from 'pino';
import { freePort } from '../client/local/port.js';
import { startCheckedProxy } from '../platform/embedded/checkedProxy.js';
import type { Serving } from '../platform/embedded/servingProcess.js';

const levels: Record<LogLevel, Level> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' };

/**
 * Must run before any connection is made. Metrics are served on `metricsPort` of the loopback address, without one not at all: the
 * runtime's own endpoint answers to any name, so that it listens where nobody is told. Throws `PORT_IN_USE`.
 */
export async function installRuntime(log: Logger, metricsPort?: number): Promise<Serving> {
  const target = await freePort();
  const metrics = metricsPort && (await startCheckedProxy({ port: metricsPort, target, what: 'the metrics endpoint' }));
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => log[levels[level]]({ ...meta }, message)),
    // The process decides when to stop: signals are handled where its other resources are closed too.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metrics
        ? {
            metrics: {
              prometheus: {
                bindAddress: `127.0.0.1:${target}`,
                countersTotalSuffix: true,
                unitSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }
        : {}),
    },
  });
  return metrics || { close: async () => undefined };
}

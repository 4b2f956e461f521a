/** Which port each process of the embedded default listens on: all follow from the first one. */
import type { PortsOf } from '../../platform/embedded/factory/import.js';

export interface Ports {
  readonly temporal: number;
  readonly temporalUi: number;
  readonly workerMetrics: number;
  /** Of the workers of hosts, by their position. */
  readonly hostMetrics: (position: number) => number;
  readonly environment: PortsOf;
}

export const defaultFirstPort = 7233;

/** Ports that one environment takes: its balancer, its Service Center, and up to 18 front ends. */
const perEnvironment = 20;

/** With the default, Temporal and its UI answer where Temporal's own tools expect them: 7233 and 8233. */
export function portsFrom(first: number): Ports {
  const ui = first + 1000;
  return {
    temporal: first,
    temporalUi: ui,
    workerMetrics: ui + 1,
    hostMetrics: (position) => ui + 1500 + position,
    environment: (position) => {
      const base = ui + 7 + position * perEnvironment;
      return { balancer: base, serviceCenter: base + 1, frontEnds: base + 2 };
    },
  };
}

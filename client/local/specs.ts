/** The processes of the embedded default, in the order they start: what each is and how it is known to work. */
import { fileURLToPath } from 'node:url';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { layout } from '../../platform/embedded/layout.js';
import { processEnvironment } from '../../platform/processes/processEnvironment.js';
import { temporalServes } from '../../temporal/server.js';
import type { Ports } from './ports.js';
import type { ProcessSpec } from './processSpec.js';
import {
  type HostWorker,
  hostWorkerSpec,
  temporalClientEnvironment,
  type WorkerPlace,
  workerName,
  workerSpec,
} from './workerSpecs.js';

export interface SpecsOptions extends Omit<WorkerPlace, 'dataFolder'> {
  readonly context: EmbeddedContext;
  readonly ports: Ports;
  /** Hosts that are this machine. */
  readonly hosts?: readonly Pick<HostWorker, 'host' | 'commandsFile'>[] | undefined;
}

export const processNames = { temporal: 'temporal', worker: workerName } as const;

/** Milliseconds in which they answer what is in flight. */
const stopGrace = { temporal: 10_000, serving: 10_000 };

/** What runs of this build; another build replaces it. */
const build = fileURLToPath(import.meta.url);

function temporalSpec({ context, temporal, ports }: SpecsOptions): readonly ProcessSpec[] {
  if (temporal.kind === 'running') return [];
  const { dataFolder } = context;
  const script = here('../../temporal/serverProcess.js');
  return [
    {
      name: processNames.temporal,
      command: process.execPath,
      args: [
        ...['--enable-source-maps', script, '--command', temporal.command, '--data', dataFolder],
        ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
      ],
      ports: [ports.temporal, ports.temporalUi],
      logFile: layout.log(dataFolder, processNames.temporal),
      stopGrace: stopGrace.temporal,
      ready: () => temporalServes(`127.0.0.1:${ports.temporal}`),
      generation: `${script} ${temporal.command} ${ports.temporal}`,
    },
  ];
}

/** Every environment's processes, then the worker: what it drives is there before it. */
export async function wantedSpecs(options: SpecsOptions): Promise<readonly ProcessSpec[]> {
  const { context, ports } = options;
  const place = { ...options, dataFolder: context.dataFolder };
  const worker = workerSpec(place, ports.workerMetrics);
  const hosts = (options.hosts ?? []).map((host, position) =>
    hostWorkerSpec(place, { ...host, metricsPort: ports.hostMetrics(position) }),
  );
  return [...temporalSpec(options), ...(await environmentSpecs(options)), worker, ...hosts];
}

async function environmentSpecs(options: SpecsOptions): Promise<readonly ProcessSpec[]> {
  const { context, address, namespace } = options;
  const { database, dataFolder } = context;
  const environments = await database.selectFrom('environments').selectAll().orderBy('position').execute();
  const frontEnds = await database.selectFrom('front_ends').selectAll().orderBy('name').execute();
  return environments.flatMap((environment) => [
    serving({
      name: `service-center ${environment.name}`,
      script: '../../client/local/serviceCenterProcess.js',
      args: ['--environment', environment.name],
      env: temporalClientEnvironment(options),
      port: environment.service_center_port,
      ready: (url) => answers(`${url}/health`),
      generation: `service-center ${address} ${namespace}`,
      dataFolder,
    }),
    ...frontEnds
      .filter((frontEnd) => frontEnd.environment === environment.name)
      .map((frontEnd) =>
        serving({
          name: `front-end ${frontEnd.name}`,
          script: '../../platform/embedded/frontEnd/main.js',
          args: ['--front-end', frontEnd.name],
          port: frontEnd.port,
          ready: (url) => answersSupervisor(context, environment.name, `${url}/_platform/health`),
          generation: frontEnd.wanted_release,
          dataFolder,
        }),
      ),
    serving({
      name: `balancer ${environment.name}`,
      script: '../../platform/embedded/balancer/main.js',
      args: ['--environment', environment.name],
      port: environment.balancer_port,
      ready: (url) => answersSupervisor(context, environment.name, `${url}/_balancer/status`),
      generation: 'balancer',
      dataFolder,
    }),
  ]);
}

interface Serving {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  readonly ready: (url: string) => Promise<boolean>;
  readonly generation: string;
  readonly dataFolder: string;
}

function serving({
  name,
  script,
  args,
  env = processEnvironment('plain'),
  port,
  ready,
  generation,
  dataFolder,
}: Serving): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', here(script), '--data', dataFolder, ...args],
    env,
    ports: [port],
    logFile: layout.log(dataFolder, name.replaceAll(' ', '-')),
    stopGrace: stopGrace.serving,
    ready: () => ready(`http://127.0.0.1:${port}`),
    generation: `${generation} ${port} ${build}`,
  };
}

async function answersSupervisor({ database }: EmbeddedContext, environment: string, url: string): Promise<boolean> {
  const secrets = await environmentSecrets(database, environment);
  return answers(url, secrets.headersOf('supervisor'));
}

async function answers(url: string, headers: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(3_000) });
  await response.arrayBuffer();
  return response.ok;
}

function here(script: string): string {
  return fileURLToPath(new URL(script, import.meta.url));
}

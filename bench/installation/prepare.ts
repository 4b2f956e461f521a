/** One preparation as everybody starts it, through the client, and what it took. */
import { realpathSync } from 'node:fs';
import { ids } from '../../contract/ids.js';
import { markedProcesses } from '../../platform/processes/systemProcesses.js';
import type { prepareModules } from '../../workflows/prepareModules.js';
import { mean } from '../statistics.js';
import { type ProcessorTime, processorTime } from './cpu.js';
import type { Installation } from './installation.js';

export interface MeasuredPreparation {
  /** From the start through the client until the client has the result. Milliseconds, as all times here. */
  readonly milliseconds: number;
  readonly groups: number;
  /** Mean over the modules that consume others: when the last of what they consume was prepared (PREP-06). Null: none was. */
  readonly untilPublishable: number | null;
  /** Null where the system does not tell. */
  readonly processor: ProcessorShares | null;
  readonly historyEvents: number;
  readonly historyBytes: number;
}

/** Processor time of everything that runs, front ends included. */
export interface ProcessorShares {
  readonly compilers: number;
  /** Without its compilers. */
  readonly worker: number;
  readonly temporal: number;
  /** Service Center, front ends, balancer, and the measuring process with supervisor and client in it. */
  readonly others: number;
}

/** Throws unless every module of the environment is prepared in the end. */
export async function prepare(installation: Installation): Promise<MeasuredPreparation> {
  const { client, infrastructure, environment } = installation;
  const before = await processorTimes(installation);
  const startedAt = Date.now();
  const started = performance.now();
  const handle = await client.workflow.start<typeof prepareModules>('prepareModules', {
    workflowId: ids.prepare(infrastructure, environment),
    taskQueue: installation.taskQueue,
    args: [{ infrastructure, environment, requestedBy: 'benchmark' }],
  });
  const report = await handle.result();
  const milliseconds = performance.now() - started;
  const after = await processorTimes(installation);
  if (report.status !== 'finished' || report.left > 0) {
    throw new Error(`The preparation ended ${report.status}: ${JSON.stringify(report.failures)}`);
  }
  const { historyLength, historySize = 0 } = await handle.describe();
  return {
    milliseconds,
    groups: report.groups,
    untilPublishable: await untilPublishable(installation, report.preparation, startedAt),
    processor: before && after ? shares(before, after) : null,
    historyEvents: historyLength,
    historyBytes: historySize,
  };
}

/** By the times at which the attempts of this preparation were recorded. */
async function untilPublishable(
  { context, environment }: Installation,
  preparation: number,
  startedAt: number,
): Promise<number | null> {
  const { database } = context;
  const attempts = await database
    .selectFrom('attempts')
    .select(['module', 'ended_at'])
    .where('preparation', '=', preparation)
    .where('outcome', 'in', ['prepared', 'reused'])
    .execute();
  const preparedAt = new Map(attempts.map(({ module, ended_at }) => [module, Date.parse(ended_at ?? '')]));
  if (preparedAt.size === 0) return null;
  const references = await database
    .selectFrom('module_references')
    .selectAll()
    .where('environment', '=', environment)
    .execute();
  const publishableAt = new Map<string, number>();
  for (const { consumer, producer } of references) {
    publishableAt.set(consumer, Math.max(publishableAt.get(consumer) ?? 0, preparedAt.get(producer) ?? Number.NaN));
  }
  return mean([...publishableAt.values()].map((at) => at - startedAt));
}

type Times = ReadonlyMap<string, ProcessorTime>;

/** By the name of the process, those it has started and that still run included; undefined where the system does not tell. */
async function processorTimes({ context }: Installation): Promise<Times | undefined> {
  const rows = await context.database.selectFrom('processes').select(['name', 'pid']).execute();
  const times = new Map<string, ProcessorTime>();
  const marked = await markedProcesses(`${realpathSync(context.dataFolder)}:`);
  for (const { name, pid } of rows) {
    const group = marked.filter((process) => process.group === pid);
    const [first, ...others] = await Promise.all(group.map((process) => processorTime(process.pid)));
    if (!first) return undefined;
    times.set(name, others.reduce<ProcessorTime>(added, first));
  }
  return times;
}

function added(one: ProcessorTime, other: ProcessorTime = { own: 0, children: 0 }): ProcessorTime {
  return { own: one.own + other.own, children: one.children + other.children };
}

function shares(before: Times, after: Times): ProcessorShares {
  const spent = [...after].map(([name, { own, children }]) => {
    const earlier = before.get(name) ?? { own: 0, children: 0 };
    return { name, own: own - earlier.own, children: children - earlier.children };
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const of = (name: string) => spent.filter((process) => process.name === name);
  const rest = spent.filter(({ name }) => name !== 'worker' && name !== 'temporal');
  return {
    compilers: sum(of('worker').map(({ children }) => children)),
    worker: sum(of('worker').map(({ own }) => own)),
    temporal: sum(of('temporal').map(({ own }) => own)),
    others: sum(rest.map(({ own }) => own)),
  };
}

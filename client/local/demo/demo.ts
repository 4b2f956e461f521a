/**
 * The demonstration: the sample's infrastructure from its release to a newer one. It keeps no state of its own: it looks where the
 * upgrade stands and does what people would do there, so that it goes on after any interruption.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { ids } from '../../../contract/ids.js';
import { type Installation, taskQueueOf } from '../../../contract/installation.js';
import type { RollbackReport } from '../../../contract/reports.js';
import type { RunFile, RunFileEnvironment } from '../../../store/runFile.js';
import { embeddedIn } from '../../../store/runFile.js';
import type { RunStatus } from '../../../workflows/messages.js';
import type { InfrastructureReport } from '../../../workflows/upgradeInfrastructure.js';
import { typed } from '../../words.js';
import { answerGate } from './answers.js';
import { centers } from './centers.js';
import { askStatus, type Demonstration, type DemoOptions, lookEvery, type Run, requester } from './demonstration.js';
import { readFixes } from './fixes.js';
import { stepLine, workLine } from './lines.js';
import { type Probing, probe } from './prober.js';

export type DemoResult =
  | { readonly kind: 'upgraded'; readonly report: InfrastructureReport; readonly probes: ReadonlyMap<string, Probing> }
  | { readonly kind: 'rolled back'; readonly report: RollbackReport; readonly probes: ReadonlyMap<string, Probing> }
  | { readonly kind: 'nobody approves' };

export async function demo(options: DemoOptions): Promise<DemoResult> {
  const { run, client, to, say } = options;
  await startOrAttach(
    client,
    run.installation,
    { infrastructure: run.infrastructure, to, requestedBy: requester },
    say,
  );
  const probers = new Map(embeddedIn(run).map(({ name, applicationsUrl }) => [name, probe(applicationsUrl)]));
  const demonstration: Demonstration = {
    ...options,
    probers,
    centers: centers(run, options.dataFolder),
    fixes: await readFixes(options.factory),
    tried: new Set(),
    left: new Set(),
  };
  try {
    return await drive(demonstration);
  } finally {
    await Promise.all([...probers.values()].map((prober) => prober.stop()));
  }
}

async function startOrAttach(
  client: Client,
  installation: Installation,
  input: { readonly infrastructure: string; readonly to: string; readonly requestedBy: string },
  say: (line: string) => void,
): Promise<void> {
  const workflowId = ids.upgradeInfrastructure(input.infrastructure);
  if (['RUNNING', 'COMPLETED'].includes((await statusName(client, workflowId)) ?? '')) {
    say(`${workflowId} was started before: going on where it is`);
    return;
  }
  try {
    await client.workflow.start('upgradeInfrastructure', {
      workflowId,
      taskQueue: taskQueueOf(installation),
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `${input.infrastructure} to ${input.to}`,
    });
    say(`started ${workflowId}: ${input.infrastructure} to ${input.to}`);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Undefined when there is no such run. */
async function statusName(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function drive(demonstration: Demonstration): Promise<DemoResult> {
  const { client, run, signal, say } = demonstration;
  const main = ids.upgradeInfrastructure(run.infrastructure);
  const runs = runsOf(run);
  const steps = new Map<string, string>();
  for (;;) {
    signal.throwIfAborted();
    const taken = await rolledBack(demonstration);
    if (taken) return taken;
    if ((await statusName(client, main)) !== 'RUNNING') {
      const report = (await client.workflow.getHandle(main).result()) as InfrastructureReport;
      return { kind: 'upgraded', report, probes: probesOf(demonstration) };
    }
    for (const one of runs) {
      const now = await askStatus(client, one.workflowId);
      if (!now) continue;
      if (steps.get(one.workflowId) !== now.step) {
        steps.set(one.workflowId, now.step);
        say(stepLine(one.environment?.name ?? run.infrastructure, now.step));
      }
      if (now.gate && (await answered(demonstration, one, now.gate)) === 'nobody approves') {
        return { kind: 'nobody approves' };
      }
      if (!now.gate && one.environment) await showWork(demonstration, one.environment, now.step);
    }
    await delay(lookEvery, undefined, { signal });
  }
}

/** `nobody approves`: it ends there; else a gate that is left to others is waited for. */
async function answered(
  demonstration: Demonstration,
  run: Run,
  gate: NonNullable<RunStatus['gate']>,
): Promise<'answered' | 'left to others' | 'nobody approves'> {
  const { left, exit, say, run: described } = demonstration;
  const key = `${run.workflowId} ${gate.name} ${gate.approve['token']}`;
  if (left.has(key)) return 'left to others';
  if ((await answerGate(demonstration, run, gate)) === 'answered') return 'answered';
  if (exit) return 'nobody approves';
  left.add(key);
  const place = run.environment === null ? '' : `${typed(run.environment.name)} `;
  say(
    `${run.environment?.name ?? described.infrastructure}: the gate ${gate.name} waits for somebody else, and this goes on when it is open; in another terminal:`,
  );
  const data = `--data ${typed(demonstration.dataFolder)}`;
  say(`  uplift approve ${place}--gate ${typed(gate.name)} --as NAME ${data}`);
  return 'left to others';
}

function runsOf({ infrastructure, environments }: RunFile): Run[] {
  return [
    { workflowId: ids.upgradeInfrastructure(infrastructure), environment: null },
    ...environments.flatMap((environment) => [
      { workflowId: ids.upgradeEnvironment(infrastructure, environment.name), environment },
      { workflowId: ids.goLive(infrastructure, environment.name), environment },
    ]),
  ];
}

/** The report of a rollback that this demonstration asked for, once it has ended. */
async function rolledBack(demonstration: Demonstration): Promise<DemoResult | undefined> {
  const { client, run, rollback, tried } = demonstration;
  if (!rollback) return undefined;
  for (const { name } of run.environments) {
    const workflowId = ids.rollback(run.infrastructure, name);
    if (!tried.has(workflowId) && (await statusName(client, workflowId)) !== 'COMPLETED') continue;
    const report = (await client.workflow.getHandle(workflowId).result()) as RollbackReport;
    return { kind: 'rolled back', report, probes: probesOf(demonstration) };
  }
  return undefined;
}

async function showWork(
  { centers, probers, live }: Demonstration,
  { name }: RunFileEnvironment,
  step: string,
): Promise<void> {
  const center = centers.get(name);
  const pages = probers.get(name)?.now();
  const line = center && pages ? await workLine(center, step, pages) : undefined;
  if (line !== undefined) live(`${name}: ${line}`);
}

function probesOf({ probers }: Demonstration): ReadonlyMap<string, Probing> {
  return new Map([...probers].map(([name, prober]) => [name, prober.now()]));
}

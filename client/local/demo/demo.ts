/**
 * The demonstration: the sample's Development from its release to a newer one. It keeps no state of its own: it looks where the
 * upgrade stands and does what people would do there, so that it goes on after any interruption.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleFacts } from '../../../platform/port.js';
import { ids, taskQueues } from '../../../workflows/ids.js';
import type { RunStatus } from '../../../workflows/messages.js';
import type { EnvironmentReport, upgradeEnvironment } from '../../../workflows/upgradeEnvironment.js';
import { type ServiceCenter, serviceCenter } from '../../serviceCenter.js';
import type { RunFile } from '../runFile.js';
import { type Fix, readFixes } from './fixes.js';
import { type Prober, probe } from './prober.js';

export interface DemoOptions {
  readonly dataFolder: string;
  readonly run: RunFile;
  readonly client: Client;
  readonly factory: string;
  readonly to: string;
  /** Who approves; asked each time, with what it is about. `undefined`: nobody does, the demonstration ends. */
  readonly approver: (question: string) => Promise<string | undefined>;
  readonly say: (line: string) => void;
  /** One line that changes while work goes on. */
  readonly live: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface DemoResult {
  readonly report: EnvironmentReport;
  readonly requests: number;
  readonly failures: number;
}

const requester = 'demo';

/** Milliseconds between two looks at the upgrade. */
const lookEvery = 300;

export async function demo(options: DemoOptions): Promise<DemoResult | undefined> {
  const { run, client, to, say } = options;
  const [environment] = run.environments;
  if (!environment) return undefined;
  const center = patient(serviceCenter(environment, options.dataFolder));
  const input = { infrastructure: run.infrastructure, environment: environment.name, to, requestedBy: requester };
  const handle = await startOrAttach(client, input, say);
  const prober = probe(environment.applicationsUrl);
  try {
    const report = await drive({ ...options, center, handle, prober });
    const { requests, failures } = await prober.stop();
    return report && { report, requests, failures };
  } finally {
    await prober.stop();
  }
}

/** Milliseconds a Service Center may be away: it is replaced with the release it belongs to. */
const patience = 30_000;

/** The same, asking again while it does not answer. */
function patient(center: ServiceCenter): ServiceCenter {
  const asked = async (ask: () => Promise<unknown>) => {
    const deadline = Date.now() + patience;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const away = error instanceof UpliftError && error.code === 'NOT_RUNNING';
        if (!away || Date.now() > deadline) throw error;
        await delay(lookEvery);
      }
    }
  };
  return new Proxy(center, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      return typeof value === 'function' ? (...args: unknown[]) => asked(() => value(...args)) : value;
    },
  });
}

type Handle = WorkflowHandle<typeof upgradeEnvironment>;

interface UpgradeInput {
  readonly infrastructure: string;
  readonly environment: string;
  readonly to: string;
  readonly requestedBy: string;
}

async function startOrAttach(client: Client, input: UpgradeInput, say: (line: string) => void): Promise<Handle> {
  const workflowId = ids.upgradeEnvironment(input.infrastructure, input.environment);
  const attach = () => client.workflow.getHandle<typeof upgradeEnvironment>(workflowId);
  const earlier = await attach()
    .describe()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  if (earlier && ['RUNNING', 'COMPLETED'].includes(earlier.status.name)) {
    say(`the upgrade ${workflowId} was started before: going on where it is`);
    return attach();
  }
  try {
    const started = await client.workflow.start<typeof upgradeEnvironment>('upgradeEnvironment', {
      workflowId,
      taskQueue: taskQueues.orchestrator,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `${input.environment} to ${input.to}`,
    });
    say(`started ${workflowId}: ${input.environment} to ${input.to}`);
    return started;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return attach();
    throw error;
  }
}

interface Driving extends DemoOptions {
  readonly center: ServiceCenter;
  readonly handle: Handle;
  readonly prober: Prober;
}

async function drive(driving: Driving): Promise<EnvironmentReport | undefined> {
  const { handle, say, signal } = driving;
  const fixes = await readFixes(driving.factory);
  const tried = new Set<string>();
  let step = '';
  for (;;) {
    signal.throwIfAborted();
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return await handle.result();
    const now = await askStatus(handle);
    if (now && now.step !== step) {
      step = now.step;
      say(stepLine(step));
    }
    if (now?.gate) {
      const outcome = await answerGate(driving, now.gate, fixes, tried);
      if (outcome === 'nobody approves') return undefined;
    } else {
      await showProgress(driving, step);
    }
    await delay(lookEvery, undefined, { signal });
  }
}

/** Undefined while no worker answers. */
async function askStatus(handle: Handle): Promise<RunStatus | undefined> {
  return handle.query<RunStatus, []>('status').catch(() => undefined);
}

function stepLine(step: string): string {
  switch (step) {
    case 'plan':
      return 'the plan waits for its approval: nothing has been touched yet';
    case 'server':
      return 'the server is upgraded, one front end after the other; the applications stay up';
    case 'preparation':
      return 'every module is compiled in the background against the new release; what runs goes on running as it was';
    case 'applications':
      return 'some modules do not compile on the new release';
    case 'deployment':
      return 'Deploy All: what was prepared goes to every front end';
    case 'tests':
      return 'the hot points are checked';
    default:
      return step;
  }
}

async function showProgress({ center, live, prober }: Driving, step: string): Promise<void> {
  const { requests, failures } = prober.now();
  const pages = `pages ${requests - failures}/${requests} answered`;
  if (step === 'server') {
    const { frontEnds } = await center.facts();
    live(
      `${frontEnds.map(({ name, release, traffic }) => `${name}: ${release ?? 'starting'}, ${traffic}`).join('  ')}  ${pages}`,
    );
  }
  if (step === 'preparation') {
    const newest = (await center.executions()).find((execution) => execution.step === 'Preparation');
    if (!newest || newest.status !== 'running') return;
    const { percent, prepared, failed, skipped, left, timeLeft } = await center.preparation(newest.id);
    const remaining = timeLeft === null ? '' : `, about ${Math.ceil(timeLeft / 1000)} s left`;
    live(
      `${percent} %: ${prepared} prepared, ${failed} failed, ${skipped} skipped, ${left} pending${remaining}  ${pages}`,
    );
  }
  if (step === 'deployment') {
    const newest = (await center.executions()).find((execution) => execution.step === 'Deployment');
    if (newest) live(`${newest.counts.done} deployed, ${newest.counts.left} left  ${pages}`);
  }
}

type Gate = NonNullable<RunStatus['gate']>;

async function answerGate(
  driving: Driving,
  gate: Gate,
  fixes: ReadonlyMap<string, Fix>,
  tried: Set<string>,
): Promise<'answered' | 'nobody approves'> {
  const { say, handle, center } = driving;
  if (gate.name === 'applications') {
    const modules = await center.modules();
    const repaired = await publishFixes(driving, modules, fixes, tried);
    if (repaired > 0) {
      say(`retry: only what is left is compiled again`);
      await handle.signal('retry', { requestedBy: requester });
      await untilGateMoves(driving, gate);
      return 'answered';
    }
    explainUnfinished(modules, say);
  }
  for (const line of gate.asks) say(`  ${line}`);
  const approver = await driving.approver(`Approve the gate ${gate.name}?`);
  if (approver === undefined) return 'nobody approves';
  const failed =
    gate.name === 'applications'
      ? (await center.modules()).filter(({ state }) => state === 'failed').map(({ name }) => name)
      : [];
  const reason = 'no corrected sources are at hand; their teams publish them later';
  await handle.executeUpdate('approve', {
    args: [{ ...gate.approve, approver, ...(failed.length > 0 ? { accept: failed, reason } : {}) }],
  });
  say(`approved: ${gate.name}, by ${approver}`);
  return 'answered';
}

/** Publishes the corrected sources of failed modules, once each; returns how many went well. */
async function publishFixes(
  { client, run, center, say }: Driving,
  modules: readonly ModuleFacts[],
  fixes: ReadonlyMap<string, Fix>,
  tried: Set<string>,
): Promise<number> {
  const repairable = modules.filter(({ name, state }) => state === 'failed' && fixes.has(name) && !tried.has(name));
  if (repairable.length > 0) explainUnfinished(modules, say);
  let published = 0;
  for (const { name } of repairable) {
    tried.add(name);
    const fix = fixes.get(name);
    if (!fix) continue;
    say(`publishing the corrected ${name} (${fix.folder})`);
    await center.upload(name, { user: requester, files: fix.files });
    const workflowId = ids.publish(run.infrastructure, center.environment, name);
    const input = {
      infrastructure: run.infrastructure,
      environment: center.environment,
      module: name,
      requestedBy: requester,
    };
    try {
      await client.workflow.execute('publishModule', {
        workflowId,
        taskQueue: taskQueues.orchestrator,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      published++;
    } catch (error) {
      say(`  ${name} could not be published: ${messageOf(error)}`);
    }
  }
  return published;
}

function explainUnfinished(modules: readonly ModuleFacts[], say: (line: string) => void): void {
  for (const { name, diagnostics } of modules.filter(({ state }) => state === 'failed')) {
    say(`  failed   ${name}`);
    for (const { file, line, column, code, message } of diagnostics.slice(0, 3))
      say(`           ${file}:${line}:${column} ${code} ${message}`);
  }
  for (const { name, cause } of modules.filter(({ state }) => state === 'skipped').slice(0, 12)) {
    say(`  skipped  ${name}: ${cause?.path.join(' → ')}`);
  }
  const more = modules.filter(({ state }) => state === 'skipped').length - 12;
  if (more > 0) say(`           and ${more} more, each with its path: uplift modules --state skipped`);
}

async function untilGateMoves({ handle, signal }: Driving, gate: Gate): Promise<void> {
  for (;;) {
    const now = await askStatus(handle);
    if (now && now.gate?.name !== gate.name) return;
    await delay(lookEvery, undefined, { signal });
  }
}

function messageOf(error: unknown): string {
  let deepest: unknown = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return deepest instanceof Error ? deepest.message : String(deepest);
}

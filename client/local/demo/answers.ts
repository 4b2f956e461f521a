/** What people would answer at each gate: fixes and a retry where modules fail, approvals elsewhere, or the rollback that was asked for. */
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ids } from '../../../contract/ids.js';
import { taskQueueOf } from '../../../contract/installation.js';
import { withoutMessage } from '../../../domain/gates/gate.js';
import type { ModuleFacts } from '../../../port/inventory.js';
import type { RunStatus } from '../../../workflows/messages.js';
import { askStatus, type Demonstration, lookEvery, type Run, requester } from './demonstration.js';

type Gate = NonNullable<RunStatus['gate']>;

/** Modules that are named one by one. */
const shown = 12;

export async function answerGate(
  demonstration: Demonstration,
  run: Run,
  gate: Gate,
): Promise<'answered' | 'nobody approves'> {
  const { client, say } = demonstration;
  const environment = run.environment?.name;
  if (gate.name === 'go live' && demonstration.rollback && run.environment?.stage === 'production') {
    const { name } = run.environment;
    say(`${name}: instead of letting users in, it is taken back`);
    const reason = 'the demonstration shows a rollback';
    await client.workflow.getHandle(run.workflowId).signal('rollback', { requestedBy: requester, reason });
    demonstration.tried.add(ids.rollback(demonstration.run.infrastructure, name));
    await delay(lookEvery);
    return 'answered';
  }
  const failed =
    gate.name === 'applications' && environment !== undefined ? await unfinished(demonstration, environment) : [];
  if (environment !== undefined && (await publishFixes(demonstration, environment, failed)) > 0) {
    say(`${environment}: retry, only what is left is compiled again`);
    await client.workflow.getHandle(run.workflowId).signal('retry', { requestedBy: requester });
    await untilGateMoves(demonstration, run, gate);
    return 'answered';
  }
  return approve(demonstration, run, gate, failed);
}

async function approve(
  demonstration: Demonstration,
  run: Run,
  gate: Gate,
  failed: readonly ModuleFacts[],
): Promise<'answered' | 'nobody approves'> {
  const { client, say } = demonstration;
  const who = run.environment?.name ?? demonstration.run.infrastructure;
  for (const line of gate.asks) say(`  ${line}`);
  const asking = new AbortController();
  const elsewhere = answeredElsewhere(demonstration, run, gate, asking.signal);
  let refused: string | undefined;
  try {
    for (;;) {
      const approver = await demonstration.approver(`${who}: approve the gate ${gate.name}?`, refused, elsewhere);
      if (elsewhere.aborted) {
        say(`${who}: the gate ${gate.name} waits no more: it was answered elsewhere`);
        return 'answered';
      }
      if (approver === undefined) return 'nobody approves';
      refused = await refusalOf(
        client.workflow.getHandle(run.workflowId).executeUpdate('approve', {
          args: [{ ...gate.approve, approver, ...reasons(gate, failed) }],
        }),
      );
      if (refused === undefined) {
        say(`${who}: ${gate.name} approved by ${approver}`);
        return 'answered';
      }
      say(`  ${refused}`);
    }
  } finally {
    asking.abort();
  }
}

/** Aborts when the gate waits no more while somebody is asked about it here. */
function answeredElsewhere(demonstration: Demonstration, run: Run, gate: Gate, asking: AbortSignal): AbortSignal {
  const answered = new AbortController();
  const signal = AbortSignal.any([demonstration.signal, asking]);
  untilGateMoves({ ...demonstration, signal }, run, gate).then(
    () => answered.abort(),
    () => undefined, // it was answered here, or the demonstration ends
  );
  return answered.signal;
}

/** Why the run does not take the update; undefined: it does. */
async function refusalOf(update: Promise<unknown>): Promise<string | undefined> {
  try {
    await update;
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return withoutMessage(deepest(error).message);
    throw error;
  }
}

function reasons({ name }: Gate, failed: readonly ModuleFacts[]): { accept?: string[]; reason?: string } {
  switch (name) {
    case 'applications':
      return {
        accept: failed.map((module) => module.name),
        reason: 'no corrected sources are at hand; their teams publish them later',
      };
    case 'tests':
      return { reason: 'signed for the demonstration, which asked for the pages only' };
    default:
      return {};
  }
}

/** The failed modules, said with the compiler's messages, and what is skipped below them. */
async function unfinished({ centers, say }: Demonstration, environment: string): Promise<readonly ModuleFacts[]> {
  const modules = (await centers.get(environment)?.modules()) ?? [];
  const failed = modules.filter(({ state }) => state === 'failed');
  for (const { name, diagnostics } of failed) {
    say(`  failed   ${name}`);
    for (const { file, line, column, code, message } of diagnostics.slice(0, 3)) {
      say(`           ${file}:${line}:${column} ${code} ${message.split('\n')[0]}`);
    }
  }
  const skipped = modules.filter(({ state }) => state === 'skipped');
  for (const { name, cause } of skipped.slice(0, shown)) say(`  skipped  ${name}: ${cause?.path.join(' → ')}`);
  if (skipped.length > shown)
    say(
      `           and ${skipped.length - shown} more, each with its path: uplift modules ${environment} --state skipped`,
    );
  return failed;
}

/** Publishes the corrected sources of failed modules, once each; returns how many went well. */
async function publishFixes(
  demonstration: Demonstration,
  environment: string,
  failed: readonly ModuleFacts[],
): Promise<number> {
  const { client, run, centers, fixes, tried, say } = demonstration;
  let published = 0;
  for (const { name } of failed) {
    const fix = fixes.get(name);
    if (!fix || tried.has(`${environment} ${name}`)) continue;
    tried.add(`${environment} ${name}`);
    say(`${environment}: publishing the corrected ${name}`);
    await centers.get(environment)?.upload(name, { user: requester, files: fix.files });
    const input = { infrastructure: run.infrastructure, environment, module: name, requestedBy: requester };
    try {
      await client.workflow.execute('publishModule', {
        workflowId: ids.publish(run.infrastructure, environment, name),
        taskQueue: taskQueueOf(run.installation),
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      published++;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      say(`  ${name} could not be published: ${deepest(error).message}`);
    }
  }
  return published;
}

async function untilGateMoves({ client, signal }: Demonstration, { workflowId }: Run, gate: Gate): Promise<void> {
  for (;;) {
    const now = await askStatus(client, workflowId);
    if (!now || now.gate?.name !== gate.name) return;
    await delay(lookEvery, undefined, { signal });
  }
}

function deepest(error: Error): Error {
  return error.cause instanceof Error ? deepest(error.cause) : error;
}

/** An upgrade to the newer release as people drive it with the command line, and how far it is. */
import type { WorkflowExecutionStatusName } from '@temporalio/client';
import { expect } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { RunStatus } from '../../workflows/messages.js';
import { newer } from '../platform/tinyFactory.js';
import { environment, infrastructure } from './factories.js';
import { platformRows } from './state.js';
import { closely, patience, until } from './until.js';
import type { Uplift } from './uplift.js';

export const upgradeId = ids.upgradeEnvironment(infrastructure, environment);

/** Starts it and approves its plan. */
export async function beginUpgrade(uplift: Uplift): Promise<void> {
  await startUpgrade(uplift);
  await approve(uplift, 'plan');
}

/** Starts it; it waits at the gate of its plan. */
async function startUpgrade({ cli }: Uplift): Promise<void> {
  const started = await cli('upgrade', '--to', newer, '--requested-by', 'rita', '--no-wait', '--json');
  expect(started, started.err).toMatchObject({ exit: 6 });
}

export async function approve({ cli }: Uplift, gate: string, ...words: readonly string[]): Promise<void> {
  const answer = await cli('approve', '--gate', gate, '--as', 'ana', ...words);
  expect(answer, answer.err).toMatchObject({ exit: 0 });
}

/** Resolves when the upgrade has ended, with how; gates that list failed modules are approved as they are on the way. */
export async function untilUpgraded(uplift: Uplift, milliseconds = 120_000): Promise<WorkflowExecutionStatusName> {
  return until(
    'the end of the upgrade',
    async () => {
      const status = await stateOf(uplift, upgradeId);
      if (status !== 'RUNNING') return status;
      if (await atGate(uplift, 'applications')) await acceptFailures(uplift);
      return undefined;
    },
    milliseconds,
  );
}

/** Undefined while the server does not answer. */
async function stateOf({ client }: Uplift, id: string): Promise<WorkflowExecutionStatusName | undefined> {
  const described = await client.workflow
    .getHandle(id)
    .describe()
    .catch(() => undefined);
  return described?.status.name;
}

/** Undefined while no worker answers. */
export function statusOf({ client }: Uplift, id = upgradeId): Promise<RunStatus | undefined> {
  return client
    .withDeadline(Date.now() + 10_000, () => client.workflow.getHandle(id).query<RunStatus, []>('status'))
    .catch(() => undefined);
}

/** Until a front end is out of traffic, on its way to the newer release. */
export function untilInstalling(uplift: Uplift): Promise<unknown> {
  return until(
    'a front end being replaced',
    () => platformRows(uplift, "select name from front_ends where wanted_traffic = 'drained'").length > 0,
  );
}

/** Until the newer release's preparation has recorded something and works on more. */
export function untilPreparing(uplift: Uplift, groups = 1): Promise<unknown> {
  const group = () => {
    const { finished, running } = groupCounts(uplift);
    return finished >= groups && running > 0;
  };
  return until(`group ${groups + 1} of the preparation`, group, patience.condition, closely);
}

export async function atGate(uplift: Uplift, gate: string): Promise<boolean> {
  return (await statusOf(uplift))?.gate?.name === gate;
}

/** Until the preparation has ended with failed modules, which are accepted, and Deploy All works on the others. */
export async function untilDeployingOthers(uplift: Uplift): Promise<void> {
  await until('the gate applications', () => atGate(uplift, 'applications'));
  await acceptFailures(uplift);
  await untilDeploying(uplift);
}

/** Until Deploy All works on modules. */
export async function untilDeploying(uplift: Uplift): Promise<void> {
  await until(
    'a deployment in progress',
    () => platformRows(uplift, "select module from deployment_items where state = 'deploying'").length > 0,
    patience.condition,
    closely,
  );
}

function groupCounts(uplift: Uplift): { finished: number; running: number } {
  const count = (status: string) =>
    platformRows(
      uplift,
      `select number from preparation_groups g join preparations p on p.id = g.preparation
        where p.release = ? and g.status = ?`,
      newer,
      status,
    ).length;
  return { finished: count('finished'), running: count('running') };
}

/** Accepts the failed modules as they are. */
export async function acceptFailures(uplift: Uplift): Promise<void> {
  const failed = platformRows<{ name: string }>(uplift, "select name from modules where state = 'failed'");
  const names = failed.map(({ name }) => name);
  await approve(uplift, 'applications', '--accept', ...names, '--reason', 'its team repairs it later');
}

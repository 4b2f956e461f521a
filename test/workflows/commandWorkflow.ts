/** What a step of an upgrade is that a program of a host does, and a takeover of its environment, alone: nothing else is done for the upgrade. */
import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { EndedCommand, Takeover } from '../../port/commands.js';
import { type DoneCommand, endOnHosts, type HostRequest, runOnHost } from '../../workflows/parts/command.js';
import { upgradeRun } from '../../workflows/parts/upgradeRun.js';

export async function doCommand(request: HostRequest): Promise<DoneCommand> {
  const { infrastructure, environment, upgrade, plan: hash, step } = request;
  const run = upgradeRun({ infrastructure, environment });
  run.planned({ upgrade, hash, to: '11.41.0', gates: [], summary: 'a command', steps: [step] });
  run.step(step);
  const done = await runOnHost(run, request);
  await condition(allHandlersFinished);
  return done;
}

export async function takeOver({
  hosts,
  takeover,
}: {
  readonly hosts: readonly string[];
  readonly takeover: Takeover;
}): Promise<readonly EndedCommand[]> {
  const run = upgradeRun(takeover);
  return endOnHosts(run, hosts, takeover);
}

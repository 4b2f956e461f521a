/**
 * A step that a program of the site does, on the worker of its host. What is run is read from the approved plan there; here is decided what
 * follows from how it ended.
 */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CommandInput } from '../../activities/commands.js';
import type { Command } from '../../domain/commands/command.js';
import type { CommandReport, EndedCommand, Takeover } from '../../port/commands.js';
import { hostActivities } from '../activities.js';
import { rejected } from './approval.js';
import { onHost, type WaitingRun } from './hostAway.js';
import { repairable } from './repairable.js';
import type { UpgradeRun } from './upgradeRun.js';

export interface HostRequest extends Omit<CommandInput, 'after'> {
  /** Of the plan: which host, how long, whether it may be repeated. The host reads the rest itself. */
  readonly command: Pick<Command, 'on' | 'timeoutMinutes' | 'again'>;
  /** Where people are asked when it does not end well. */
  readonly gate: string;
}

/** `takenAsDone`: who said that it is done, though its end does not say so; nobody when it does. */
export interface DoneCommand extends CommandReport {
  readonly takenAsDone: readonly string[];
}

/** How often in a row a command is repeated without asking anybody. */
const mostRepeats = 3;

/**
 * Until it is done. What failed, or is refused there, waits at the gate for people who repair it. Where nobody knows how it ended it is
 * repeated, if that is safe, else people say whether it is done. A reboot is done by people. Throws `GATE_REJECTED`.
 */
export async function runOnHost(run: UpgradeRun, request: HostRequest): Promise<DoneCommand> {
  let after: number | null = null;
  let repeats = 0;
  for (;;) {
    const report: CommandReport = await repairable(run, request.gate, () => ranOnce(run, request, after));
    if (report.outcome === 'done') return { ...report, takenAsDone: [] };
    after = report.attempt;
    if (report.outcome === 'unknown' && request.command.again === 'safe' && repeats < mostRepeats) {
      repeats += 1;
      await run.clear();
      continue;
    }
    repeats = 0;
    const by = await decided(run, request, report);
    if (by.length > 0) return { ...report, takenAsDone: by };
  }
}

/**
 * Ends whatever commands of the environment go on at these hosts, and lets none be started under an earlier token: after a takeover, before
 * anything is undone. A host that is away is waited for: what it runs would go on.
 */
export async function endOnHosts(
  run: WaitingRun,
  hosts: readonly string[],
  takeover: Takeover,
): Promise<readonly EndedCommand[]> {
  const ended = hosts.map((host) => {
    const summary = `end what runs on ${host} for ${takeover.environment}`;
    return onHost(run, host, `end-commands-${host}`, (activityId) =>
      hostActivities(host, 0).endCommands.executeWithOptions({ activityId, summary }, [takeover]),
    );
  });
  return (await Promise.all(ended)).flat();
}

/** A stop is a stop while the host is away, too: nothing is begun then, or what goes on is found by the next run. */
async function ranOnce(run: UpgradeRun, request: HostRequest, after: number | null): Promise<CommandReport> {
  const { command, gate: _, ...input } = request;
  const { on: host, timeoutMinutes } = command;
  const summary = `${input.capability} of ${input.subject} on ${host}`;
  try {
    return await onHost(run, host, `${input.step}-${input.subject}`, (activityId) =>
      hostActivities(host, timeoutMinutes).runCommand.executeWithOptions({ activityId, summary }, [
        { ...input, after },
      ]),
    );
  } catch (error) {
    if (isCancellation(error) && !CancellationScope.current().consideredCancelled) await run.clear();
    throw error;
  }
}

/** Who says that it is done as it is, also to an earlier run of the upgrade; nobody when it is to be run again. */
async function decided(
  run: UpgradeRun,
  { gate, command: { on: host } }: HostRequest,
  report: CommandReport,
): Promise<readonly string[]> {
  const { command, attempt, started } = report;
  const about = [`${command} on ${host}, attempt ${attempt}, started ${started}`];
  const outcome = await run.open(gate, asksOf(report), { canRetry: true, repair: true, about });
  switch (outcome.kind) {
    case 'retry':
      return [];
    case 'approved':
      return outcome.approvers;
    case 'rejected':
      throw rejected(run, gate, outcome);
  }
}

function asksOf({ host, outcome, command, started, outputFile, remarks, tail, attempt }: CommandReport): string[] {
  const [question, next] =
    outcome === 'reboot needed'
      ? [
          `${host} has to be rebooted, says ${command}`,
          `Reboot ${host}, then send retry, which runs it again; or approve, if it is done after the reboot. reject ends the upgrade`,
        ]
      : [
          `Nobody knows whether ${command} on the host ${host} is done`,
          `Look at ${host}. If it is done, approve; retry runs it again; reject ends the upgrade`,
        ];
  return [
    question,
    `Attempt ${attempt}, started ${started}. ${remarks.join('. ')}`,
    ...(tail === '' ? [] : [`Its last words: ${tail.split('\n').at(-1)}`]),
    `Its output is in ${outputFile} there`,
    next,
  ];
}

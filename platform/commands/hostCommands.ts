/** The commands of one host, as the port has them. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptToTake, type NewestAttempt } from '../../domain/commands/attempt.js';
import { outcomeOf } from '../../domain/commands/command.js';
import { UpliftError } from '../../domain/errors.js';
import type { CommandRequest, EndedCommand, HostCommands } from '../../port/commands.js';
import type { Progress } from '../../port/progress.js';
import { sendSignal } from '../processes/systemProcesses.js';
import { allowedProgram, type Host, secretsOf } from './allowed.js';
import {
  type Attempt,
  attemptFolders,
  attemptsFolder,
  environmentFolder,
  newestAttempt,
  readAttempt,
} from './journal.js';
import { othersMayChange } from './ownership.js';
import { reportOf, tailOf } from './report.js';
import { startRunner } from './runnerProcess.js';
import { type CommandSettings, commandSettings } from './settings.js';
import { endStarted } from './started.js';
import { assertNewest, seeToken, tokensFolder } from './tokens.js';

type Ended = Extract<Attempt, { kind: 'ended' }>;

/** `state`: its folder, an absolute path; each host has one of its own below it. Throws `HOST_FILE_INVALID` when others may write there. */
export async function hostCommands(
  host: Host & { readonly state: string },
  settings: CommandSettings = commandSettings,
): Promise<HostCommands> {
  const hostFolder = path.join(host.state, encodeURIComponent(host.name));
  await mkdir(hostFolder, { recursive: true, mode: 0o700 });
  const others = await othersMayChange(hostFolder);
  if (others !== undefined) throw notItsOwn(host, others);

  return {
    async run(request, progress) {
      await seeToken(hostFolder, request);
      await assertNewest(hostFolder, request);
      const attempts = attemptsFolder(hostFolder, request);
      const attempt = attemptToTake(await newestOf(attempts, request), request);
      const folder = path.join(attempts, String(attempt));
      if ((await readAttempt(folder)).kind === 'none') await start(request, attempt, folder);
      const ended = await untilEnded(folder, request, progress);
      if (ended.end?.exit.kind === 'fenced') await assertNewest(hostFolder, request);
      return reportOf(host.name, folder, ended, request.command, await secretsOf(host, nameOf(request)));
    },
    end: (place) => endAll(attemptsFolder(hostFolder, place)),
    async takeOver(request) {
      await seeToken(hostFolder, request);
      return endAll(environmentFolder(hostFolder, request));
    },
  };

  async function start(request: CommandRequest, attempt: number, folder: string): Promise<void> {
    const program = await allowedProgram(host, request, attempt);
    const { infrastructure, environment, upgrade, step, subject, askedBy, token, command } = request;
    await startRunner({
      folder,
      start: {
        place: { infrastructure, environment, upgrade, step, subject },
        attempt,
        askedBy,
        token,
        command: [nameOf(request), ...program.arguments],
        timeoutMinutes: command.timeoutMinutes,
      },
      program,
      timeout: command.timeoutMinutes * 60_000,
      settings,
      tokensFolder: tokensFolder(hostFolder, request),
    });
  }

  async function untilEnded(folder: string, request: CommandRequest, { signal, heartbeat }: Progress): Promise<Ended> {
    const secrets = await secretsOf(host, nameOf(request));
    for (;;) {
      const attempt = await readAttempt(folder);
      if (attempt.kind === 'ended') return attempt;
      if (attempt.kind === 'none') throw new Error(`${folder} was removed while its command went on`);
      if (attempt.kind === 'left behind' && Date.now() > Date.parse(attempt.start.deadline)) {
        await endStarted(folder, settings.grace);
      }
      heartbeat({ ...attempt.start.place, since: attempt.start.started, tail: await tailOf(folder, secrets) });
      await delay(settings.look, undefined, { signal });
    }
  }

  async function endAll(folder: string): Promise<readonly EndedCommand[]> {
    const ended = await Promise.all((await attemptFolders(folder)).map(end));
    return ended.filter((each) => each !== undefined);
  }

  /** Undefined when it had ended already. */
  async function end(folder: string): Promise<EndedCommand | undefined> {
    const found = await readAttempt(folder);
    if (found.kind === 'none' || found.kind === 'ended') return undefined;
    const { place, attempt, runner } = found.start;
    if (found.kind === 'left behind') await endStarted(folder, settings.grace);
    else sendSignal(runner.pid, 'SIGTERM');
    while ((await readAttempt(folder)).kind === 'going on') await delay(settings.look);
    return { ...place, attempt };
  }
}

async function newestOf(attempts: string, { command }: CommandRequest): Promise<NewestAttempt | undefined> {
  const attempt = await newestAttempt(attempts);
  if (attempt === undefined) return undefined;
  const found = await readAttempt(path.join(attempts, String(attempt)));
  switch (found.kind) {
    case 'none':
      return undefined;
    case 'going on':
    case 'left behind':
      return { attempt, askedBy: found.start.askedBy, state: 'going on' };
    case 'ended':
      return { attempt, askedBy: found.start.askedBy, state: outcomeOf(found.end?.exit ?? { kind: 'lost' }, command) };
  }
}

function notItsOwn({ name, file, state }: Host & { readonly state: string }, others: string): UpliftError {
  return new UpliftError('HOST_FILE_INVALID', {
    what: `The state of the host ${name}, ${state}, is not its own: ${others}`,
    next: `mend that, or name another folder in ${file}`,
  });
}

function nameOf({ command: { run } }: CommandRequest): string {
  return run[0] ?? '';
}

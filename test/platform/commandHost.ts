/** A host of a test: programs that are small shell scripts, the file that allows them, and what is asked of them. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Command, commandDefaults } from '../../domain/commands/command.js';
import { hostCommands } from '../../platform/commands/hostCommands.js';
import { type CommandSettings, commandSettings } from '../../platform/commands/settings.js';
import type { CommandPlace, CommandReport, CommandRequest, HostCommands } from '../../port/commands.js';
import { until } from '../e2e/until.js';
import { temporaryFolder } from './tinyFactory.js';

export const place = {
  infrastructure: 'acme',
  environment: 'Production',
  upgrade: 'acme#7',
  step: 'server',
  subject: 'fe-1',
} as const satisfies CommandPlace;

export interface CommandHost {
  readonly folder: string;
  readonly state: string;
  /** The file that says what is allowed. */
  readonly file: string;
  readonly commands: HostCommands;
  /** What the scripts have written to `file` of their folder, line by line. */
  readonly lines: (file: string) => readonly string[];
  /** Of one attempt. */
  readonly attemptFolder: (attempt?: number, of?: CommandPlace) => string;
}

interface HostOptions {
  /** More of the file, below a program, as YAML. */
  readonly more?: Readonly<Record<string, string>>;
  readonly settings?: Partial<CommandSettings>;
}

/** What tests do not wait for. */
export const quick: CommandSettings = { ...commandSettings, grace: 300, look: 20 };

/** `scripts`: of each program what follows `#!/bin/sh`. They run in the host's folder. */
export async function commandHost(
  scripts: Readonly<Record<string, string>>,
  { more = {}, settings = {} }: HostOptions = {},
): Promise<CommandHost> {
  const folder = temporaryFolder();
  const state = path.join(folder, 'state');
  const programs = Object.entries(scripts).map(([name, script]) => {
    const program = path.join(folder, name);
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o700);
    return `  ${name}:\n    path: ${program}\n${more[name] ?? ''}`;
  });
  const file = path.join(folder, 'commands.yaml');
  mkdirSync(state);
  writeFileSync(file, `state: ${state}\nprograms:\n${programs.join('')}`, { mode: 0o600 });
  return {
    folder,
    state,
    file,
    commands: await hostCommands({ name: 'controller', file, state }, { ...quick, ...settings }),
    lines: (name) => (readdirSync(folder).includes(name) ? linesOf(path.join(folder, name)) : []),
    attemptFolder: (attempt = 1, { infrastructure, environment, upgrade, step, subject } = place) =>
      path.join(
        ...[state, 'controller', infrastructure, environment, encodeURIComponent(upgrade), step, subject],
        String(attempt),
      ),
  };
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

let asked = 0;

/** Of somebody who asks for the first time; `run` are the words of the command. */
export function request(
  run: readonly string[],
  more: Partial<Omit<CommandRequest, 'command'>> & { command?: Partial<Command> } = {},
): CommandRequest {
  const { command, ...rest } = more;
  return {
    ...place,
    command: { ...commandDefaults, run, on: 'controller', timeoutMinutes: 5, ...command },
    values: { release: '11.41.0', frontEnd: 'fe-1' },
    token: 5,
    askedBy: `run/${++asked}`,
    after: null,
    oncePer: 'upgrade',
    ...rest,
  };
}

/** Runs it until it has ended. */
export function run(host: CommandHost, asking: CommandRequest): Promise<CommandReport> {
  return host.commands.run(asking, waiting());
}

export function waiting(signal = new AbortController().signal, beats: Record<string, unknown>[] = []) {
  return { signal, heartbeat: (details: Record<string, unknown>) => void beats.push(details) };
}

/** Once a script has written that many lines. */
export function untilLines(host: CommandHost, file: string, count = 1): Promise<readonly string[]> {
  return until(`${count} lines of ${file}`, () => host.lines(file).length >= count && host.lines(file));
}

/** The processes whose ids a script has written to `file`. */
export async function pidsIn(host: CommandHost, file: string, count = 1): Promise<readonly number[]> {
  return (await untilLines(host, file, count)).map(Number);
}

/** In a script: waits until it is let go. */
export const untilLetGo = 'until [ -e go ]; do sleep 0.02; done';

export function letGo(host: Pick<CommandHost, 'folder'>): void {
  writeFileSync(path.join(host.folder, 'go'), '');
}

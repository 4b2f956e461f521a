/** `uplift up`: the embedded default in the foreground, until Ctrl-C. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import { ids } from '../../contract/ids.js';
import { taskQueueOf } from '../../contract/installation.js';
import { exitCodes, UpliftError } from '../../domain/errors.js';
import { layout } from '../../platform/embedded/layout.js';
import { privateDataFolder } from '../../store/privateDataFolder.js';
import type { RunFile } from '../../store/runFile.js';
import { fileLogger } from '../../worker/log.js';
import { command } from '../cli/command.js';
import { columns, indented, typed } from '../words.js';
import { interrupted } from './interrupted.js';
import { defaultFirstPort } from './ports.js';
import type { UpOptions } from './up.js';

export interface UpCommandOptions {
  readonly factory: string;
  readonly site?: string | undefined;
  readonly host?: readonly HostOption[] | undefined;
  readonly port: number;
  readonly replaceRuns?: true | undefined;
}

export function upOptions(): Option[] {
  return [
    new Option('--factory <folder>', 'the factory to import when the data folder is empty').default(
      sampleFactory(),
      'the sample',
    ),
    new Option('--site <folder>', 'instead of a factory: a site that its uplift.yaml describes; nothing is embedded'),
    new Option(
      '--host <name=file>',
      'this machine is that host, and runs what the file allows; may be repeated',
    ).argParser(hostOption),
    new Option('--port <number>', 'first port; the others follow from it')
      .default(defaultFirstPort)
      .argParser(portNumber),
    new Option('--replace-runs', 'stop open runs that this program cannot go on with, and go on with their plans'),
  ];
}

/** On a terminal it asks. */
export function mayReplaceRuns({ replaceRuns }: Pick<UpCommandOptions, 'replaceRuns'>): UpOptions['mayReplace'] {
  return async (workflowIds) => {
    if (replaceRuns || !process.stdin.isTTY) return replaceRuns ?? false;
    const { confirm } = await import('@clack/prompts');
    const answer = await confirm({
      message: `A former program has begun ${workflowIds.join(', ')}. Stop them where they stand and go on with the same plans?`,
    });
    return answer === true;
  };
}

export const upCommand = command<UpCommandOptions>({
  name: 'up',
  summary: 'Runs everything on this machine until Ctrl-C',
  examples: ['', '--factory examples/acme --data .uplift', '--site examples/guided', '--port 17233'],
  options: upOptions(),
  run: async ({ options, terminal }) => {
    const interruption = terminal.interruption();
    keepPrivate(options.data, (line) => terminal.talk(line));
    // Loaded when it is wanted: no other command pays for the platform.
    const { up } = await import('./up.js');
    const running = await up({
      dataFolder: options.data,
      factory: options.factory,
      site: options.site,
      hosts: options.host ?? [],
      firstPort: options.port,
      say: (line) => terminal.talk(line),
      log: fileLogger('up', layout.log(options.data, 'up')),
      mayReplace: mayReplaceRuns(options),
      signal: interruption,
    });
    terminal.talk([...addresses(running.run), '', ...nextSteps(running.run)].join('\n'));
    await interrupted(interruption);
    terminal.talk('stopping; the same command goes on where it was');
    await running.stop();
    return { document: running.run, text: '', exit: exitCodes.ok };
  },
});

/** Before anything is written there. */
export function keepPrivate(dataFolder: string, say: (line: string) => void): void {
  const closed = privateDataFolder(dataFolder);
  if (closed > 0)
    say(`${dataFolder} was open to other users of this machine; now it is yours alone (${closed} files and folders)`);
}

/** Where to look. */
export function addresses(run: RunFile): string[] {
  const { temporal, installation, environments } = run;
  const taskQueue = taskQueueOf(installation);
  const workflows = `${temporal.ui}/namespaces/${temporal.namespace}/workflows`;
  return [
    `Installation    ${installation.id}, task queue ${taskQueue}`,
    ...(temporal.ui ? [`Temporal UI     ${workflows}`, `Start upgrade   ${startLink(run)}`] : []),
    ...environments.flatMap(({ name, applicationsUrl, serviceCenterUrl }) => [
      `${name}`,
      ...(applicationsUrl === null ? [] : [`  applications  ${applicationsUrl}/`]),
      ...(serviceCenterUrl === null ? [] : [`  Service Center ${serviceCenterUrl}/ServiceCenter/`]),
    ]),
  ];
}

/** The form of the Temporal UI that starts the upgrade, filled in but for its input. */
export function startLink({ infrastructure, installation, temporal }: RunFile): string {
  const form = new URLSearchParams({
    taskQueue: taskQueueOf(installation),
    workflowType: 'upgradeInfrastructure',
    workflowId: ids.upgradeInfrastructure(infrastructure),
  });
  return `${temporal.ui}/namespaces/${temporal.namespace}/workflows/start-workflow?${form}`;
}

/** What somebody types in another terminal, or opens, who has just started it. */
function nextSteps({ temporal, environments: [first] }: RunFile): string[] {
  return [
    'next, in another terminal; Ctrl-C here stops everything, and the same command goes on',
    ...indented(
      columns([
        ['what an upgrade to the newest release would do, and when', 'uplift plan'],
        ['the same as a page', 'uplift plan -o plan.html'],
        ['start it: it waits for the approval of its plan', 'uplift upgrade --to VERSION'],
        ['what runs, what waits for whom, what to type', 'uplift status'],
        ...(first ? [['which modules there are, and how they stand', `uplift modules ${typed(first.name)}`]] : []),
        ...(temporal.ui ? [['runs, gates and signals in a browser', temporal.ui]] : []),
      ]),
    ).split('\n'),
  ];
}

interface HostOption {
  readonly host: string;
  readonly commandsFile: string;
}

function hostOption(text: string, before: readonly HostOption[] = []): readonly HostOption[] {
  const [, host, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (host !== undefined && file !== undefined) return [...before, { host, commandsFile: path.resolve(file) }];
  throw new UpliftError('INPUT_INVALID', {
    what: `--host ${text} does not name a host and its file`,
    next: 'uplift up --site FOLDER --host controller=commands.yaml',
  });
}

function sampleFactory(): string {
  return fileURLToPath(new URL('../../../examples/acme', import.meta.url));
}

/** The UI and the environments listen up to some two thousand ports above. */
function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1024 && port <= 63_000) return port;
  throw new UpliftError('INPUT_INVALID', {
    what: `--port ${text} is not a port from 1024 to 63000`,
    next: 'uplift up --port 17233',
  });
}

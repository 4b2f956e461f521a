/** `uplift worker`: a process that runs workflows, activities and compilations, or the programs of a host, until it is told to stop. */
import { InvalidArgumentError, Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { placeRule, textProblem } from '../../../domain/text.js';
import type { WorkerProcessOptions } from '../../../worker/main.js';
import type { Role } from '../../../worker/worker.js';
import { command } from '../command.js';

interface Options {
  readonly role: readonly string[];
  readonly commands?: string;
  readonly metricsPort?: number;
}

const roles = ['orchestrator', 'compile'] as const satisfies readonly Role[];
const hostRole = 'host:';

export const workerCommand = command<Options>({
  name: 'worker',
  summary: 'Runs workflows, compiles modules, or runs the programs of a host, until Ctrl-C',
  examples: [
    '',
    '--role compile --data /srv/uplift',
    '--role host:controller --commands /etc/uplift/commands.yaml',
    '--metrics-port 9464',
  ],
  options: [
    new Option('--role <role>', `what it does: ${roles.join(', ')}, or host:NAME alone; can be given twice`)
      .default(roles)
      .choices(roles)
      .argParser(addRole),
    new Option('--commands <file>', 'with host:NAME: what the host may run (docs/commands.md)'),
    new Option('--metrics-port <port>', 'serve Prometheus metrics on 127.0.0.1').argParser(port),
  ],
  async run({ options: { data, metricsPort, ...options } }) {
    const work = workOf(options);
    const { runWorker } = await import('../../../worker/main.js');
    await runWorker({ dataFolder: data, work, metricsPort });
    return { document: { outcome: 'stopped' }, text: '', exit: exitCodes.ok };
  },
});

/** A host's worker has nothing to do with the platform of the data folder: it does nothing else. */
function workOf({ role, commands }: Pick<Options, 'role' | 'commands'>): WorkerProcessOptions['work'] {
  const [host] = role.filter((each) => each.startsWith(hostRole)).map((each) => each.slice(hostRole.length));
  if (host === undefined && commands === undefined) return { roles: role as readonly Role[] };
  if (host !== undefined && commands !== undefined && role.length === 1) return { host, commandsFile: commands };
  throw new UpliftError('INPUT_INVALID', {
    what: 'A host has one role, host:NAME, and a file that says what it may run; other workers have none',
    next: 'uplift worker --role host:controller --commands /etc/uplift/commands.yaml',
  });
}

function addRole(value: string, former: readonly string[]): readonly string[] {
  const host = value.startsWith(hostRole) ? value.slice(hostRole.length) : undefined;
  const known = host === undefined ? (roles as readonly string[]).includes(value) : !textProblem(host, placeRule);
  if (!known) throw new InvalidArgumentError(`Choose ${roles.join(', ')} or host:NAME.`);
  return former === roles ? [value] : [...former, value];
}

function port(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new InvalidArgumentError('It has to be a port, such as 9464.');
}

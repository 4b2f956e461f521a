/** `uplift worker`: a process that runs workflows, activities and compilations, until it is told to stop. */
import { InvalidArgumentError, Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import type { Role } from '../../../worker/worker.js';
import { command } from '../command.js';

interface Options {
  readonly role: readonly Role[];
  readonly metricsPort?: number;
}

const roles = ['orchestrator', 'compile'] as const satisfies readonly Role[];

export const workerCommand = command<Options>({
  name: 'worker',
  summary: 'Runs workflows and compiles modules until Ctrl-C',
  examples: ['', '--role compile --data /srv/uplift', '--metrics-port 9464'],
  options: [
    new Option('--role <role>', 'what it does; can be given twice').choices(roles).default(roles).argParser(addRole),
    new Option('--metrics-port <port>', 'serve Prometheus metrics on 127.0.0.1').argParser(port),
  ],
  async run({ options: { data, role, metricsPort } }) {
    const { runWorker } = await import('../../../worker/main.js');
    await runWorker({ dataFolder: data, roles: role, metricsPort });
    return { document: { outcome: 'stopped' }, text: '', exit: exitCodes.ok };
  },
});

function addRole(value: string, former: readonly string[]): readonly string[] {
  if (!(roles as readonly string[]).includes(value)) throw new InvalidArgumentError(`Choose ${roles.join(' or ')}.`);
  return former === roles ? [value] : [...former, value];
}

function port(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new InvalidArgumentError('It has to be a port, such as 9464.');
}

/** Asks its host for one command, as a worker does, waits for it, and prints the report: the built code, in a process that a test can kill. */
import { hostCommands } from '../../dist/platform/commands/hostCommands.js';

const { file, state, settings, asking } = JSON.parse(process.argv[2] ?? '');
const commands = await hostCommands({ name: 'controller', file, state }, settings);
const report = await commands.run(asking, { signal: new AbortController().signal, heartbeat: () => undefined });
process.stdout.write(JSON.stringify(report));

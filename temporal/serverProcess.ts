/**
 * The process of the Temporal server: `--command FILE --data DIR --port PORT --ui-port PORT`. The server's Web UI answers to any name,
 * and there is no setting for it: it listens where only this process knows, behind a door on the port that people are told.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startCheckedProxy } from '../http/checkedProxy.js';
import { freePort } from '../http/port.js';
import { temporalArguments } from './server.js';

const { values } = parseArgs({
  options: {
    command: { type: 'string', default: 'temporal' },
    data: { type: 'string', default: '.' },
    port: { type: 'string', default: '' },
    'ui-port': { type: 'string', default: '' },
  },
});
const uiPort = await freePort();
const door = await startCheckedProxy({ port: Number(values['ui-port']), target: uiPort, what: 'the Temporal UI' });
const server = spawn(
  values.command,
  // The server takes the file for a part of an address: in its folder, the name needs no escaping whatever the folder is called.
  temporalArguments({ port: Number(values.port), uiPort, databaseFile: 'temporal.db', logLevel: 'warn' }),
  // It logs on standard error; what it prints would tell where the UI listens.
  { cwd: values.data, stdio: ['ignore', 'ignore', 'inherit'] },
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => server.kill(signal));
const [code] = await once(server, 'exit');
await door.close();
process.exitCode = code ?? 1;

/** Whether a port of this machine is free for a process that is about to start, and who has it when it is not. */

import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { UpliftError } from '../domain/errors.js';

/** Throws `PORT_IN_USE` when something listens on `port` of the loopback address; `what` is who wants it. */
export async function assertPortFree(port: number, what: string): Promise<void> {
  if (await canListen(port)) return;
  const holder = await listenerOn(port);
  throw new UpliftError('PORT_IN_USE', {
    what: `Port ${port}, on which ${what} listens, is in use`,
    ...(holder === undefined ? {} : { blockedBy: holder }),
    next: `end what listens there (lsof -nP -iTCP:${port} -sTCP:LISTEN shows it) or choose another port`,
  });
}

/** A port of the loopback address that nobody has now, and nobody can guess. */
export async function freePort(): Promise<number> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The listening process as `process PID (command line)`; `undefined` where the system does not tell us, as for other users'. */
async function listenerOn(port: number): Promise<string | undefined> {
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    if (await holdsOne(pid, sockets)) {
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
      return `process ${pid} (${command})`;
    }
  }
  return undefined;
}

/** The links (`socket:[INODE]`) of the sockets that listen on `port`: rows of proc(5)'s `net/tcp` in state 0A. */
async function listeningSockets(port: number): Promise<ReadonlySet<string>> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => ''));
  const rows = (await Promise.all(tables)).flatMap((table) => table.split('\n').map((row) => row.trim().split(/\s+/)));
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === '0A');
  return new Set(listening.map((row) => `socket:[${row[9]}]`));
}

async function holdsOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const links = await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.some((link) => sockets.has(link));
}

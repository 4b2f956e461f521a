/** Listening, on the loopback address if nothing else is said, and stopping. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { UpliftError } from '../domain/errors.js';

/** Something that runs. `close` finishes what is in flight. */
export interface Serving {
  close(): Promise<void>;
}

/** Resolves once `server` listens. Throws `PORT_IN_USE`, naming `what`. */
export async function listen(server: Server, port: number, what: string, address = '127.0.0.1'): Promise<void> {
  server.listen(port, address);
  await once(server, 'listening').catch((error: unknown) => {
    throw explainedListenError(error, port, what);
  });
}

/** The listening error of Node as one that says what to do. */
export function explainedListenError(error: unknown, port: number, what: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return new UpliftError(
    'PORT_IN_USE',
    {
      what: `Port ${port}, on which ${what} listens, is in use`,
      next: 'end what listens there or choose another port',
    },
    { cause: error },
  );
}

/**
 * Files that this process has open, a few at a time. The system lets a process have so many open, often no more than 256, and a factory
 * has thousands: were they all opened before the first is closed, the others could not be.
 */

/** More make nothing faster: the system reads and writes four at a time for a Node process. */
const atATime = 16;

let open = 0;
const waiting: (() => void)[] = [];

/** Does `work`, which opens one file and closes it, once fewer than sixteen others are open. It must not wait for another such work. */
export async function withOpenFile<T>(work: () => Promise<T>): Promise<T> {
  if (open < atATime) open++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    // Who is let go takes the place over.
    if (next) next();
    else open--;
  }
}

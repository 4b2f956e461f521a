/**
 * The output of a command in its file: whole up to a limit, then its end, and how much is left out between. Nothing is read faster than it is
 * written, so that a flood takes no memory; and everything is read, so that no program waits for a full pipe.
 */
import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Bytes that are kept in memory: of the whole output for its end, of standard output for the line that tells a result. */
const kept = 64 * 1024;

export interface Output {
  /** Until the stream has ended. `told`: it is looked at for the line that tells a result. */
  take(stream: Readable, told?: 'told'): Promise<void>;
  /** Writes what is left to write, to the disk. Nothing is taken afterwards. */
  close(): Promise<{ readonly leftOut: number; readonly told: string }>;
}

export async function openOutput(file: string, most: number): Promise<Output> {
  const handle = await open(file, 'wx');
  let room = most;
  let beyond = 0;
  let last = Buffer.alloc(0);
  let told = Buffer.alloc(0);
  let turn: Promise<void> = Promise.resolve();
  let closed = false;

  async function write(chunk: Buffer): Promise<void> {
    const fits = chunk.subarray(0, room);
    const taken = (await appended(handle, fits)) ? fits.length : 0;
    room = taken < fits.length ? 0 : room - taken;
    beyond += chunk.length - taken;
    last = endOf(last, chunk.subarray(taken));
  }

  return {
    async take(stream, looked) {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        if (closed) return;
        if (looked) told = endOf(told, chunk);
        turn = turn.then(() => write(chunk));
        await turn;
      }
    },
    async close() {
      closed = true;
      await turn;
      const leftOut = beyond - last.length;
      if (leftOut > 0) await appended(handle, Buffer.from(`\n… ${leftOut} bytes are left out here …\n`));
      await appended(handle, last);
      await handle.sync();
      await handle.close();
      return { leftOut, told: told.toString('utf8') };
    },
  };
}

/** False: the disk takes no more. The program goes on all the same. */
async function appended(handle: FileHandle, chunk: Buffer): Promise<boolean> {
  try {
    await handle.appendFile(chunk);
    return true;
  } catch {
    return false;
  }
}

function endOf(former: Buffer, chunk: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(Buffer.concat([former, chunk]).subarray(-kept));
}

/** The command line in this process: what it prints, what it says beside it, how it exits. */
import picocolors from 'picocolors';
import { plainProgress } from '../../client/cli/progress.js';
import { run } from '../../client/cli/run.js';
import type { Terminal } from '../../client/cli/terminal.js';

export interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** What was printed, as the one JSON document it has to be. */
  readonly json: () => unknown;
}

export async function uplift(...words: readonly string[]): Promise<Ran> {
  return upliftUntil(new AbortController().signal, ...words);
}

/** `interruption` is what Ctrl-C is at a terminal. */
export async function upliftUntil(interruption: AbortSignal, ...words: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await run(words, { ...recordingTerminal(out, err), interruption: () => interruption });
  return { exit, out: out.join('\n'), err: err.join('\n'), json: () => JSON.parse(out.join('\n')) };
}

export function recordingTerminal(out: string[], err: string[]): Terminal {
  const plain = picocolors.createColors(false);
  return {
    print: (text) => out.push(text),
    talk: (text) => err.push(text),
    columns: undefined,
    colours: plain,
    talkColours: plain,
    progress: async () => plainProgress((line) => err.push(line)),
    interruption: () => new AbortController().signal,
  };
}

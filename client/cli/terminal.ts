/** What a command is given of the process: where it prints, in which colours, and whether somebody pressed Ctrl-C. */
import picocolors from 'picocolors';
import { liveProgress, type Progress, plainProgress } from './progress.js';

export type Colours = ReturnType<typeof picocolors.createColors>;

export interface Terminal {
  /** The answer: standard output. */
  print(text: string): void;
  /** Everything else: standard error. */
  talk(text: string): void;
  /** For what is printed. */
  readonly colours: Colours;
  /** For what is talked. */
  readonly talkColours: Colours;
  progress(): Promise<Progress>;
  /** Aborted by Ctrl-C or SIGTERM, from the first call on; a second one ends the process. */
  interruption(): AbortSignal;
}

export function processTerminal({ stdout, stderr, env }: NodeJS.Process): Terminal {
  const write = (stream: NodeJS.WriteStream) => (text: string) => {
    stream.write(`${text}\n`);
  };
  let interruption: AbortSignal | undefined;
  return {
    print: write(stdout),
    talk: write(stderr),
    colours: picocolors.createColors(isColourful(stdout, env)),
    talkColours: picocolors.createColors(isColourful(stderr, env)),
    progress: async () => (isLive(stderr, env) ? liveProgress(stderr) : plainProgress(write(stderr))),
    interruption: () => {
      interruption ??= firstInterrupt();
      return interruption;
    },
  };
}

/** https://no-color.org: any value but the empty one. */
function isColourful(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return isLive(stream, env) && !env['NO_COLOR'];
}

function isLive(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

function firstInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

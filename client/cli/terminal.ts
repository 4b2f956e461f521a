/** What a command is given of the process: where it prints, in which colours, and whether somebody pressed Ctrl-C. */
import picocolors from 'picocolors';
import { exitCodes } from '../../domain/errors.js';
import { liveProgress, type Progress, plainProgress } from './progress.js';

export type Colours = ReturnType<typeof picocolors.createColors>;

export interface Terminal {
  /** The answer: standard output. */
  print(text: string): void;
  /** Everything else: standard error. */
  talk(text: string): void;
  /** Columns of what is printed; undefined: no terminal. */
  readonly columns: number | undefined;
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
    columns: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
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

/** A terminal without a size (some containers have one) cannot be redrawn. */
function isLive(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && stream.rows > 0 && env['TERM'] !== 'dumb';
}

/** Milliseconds in which the same Ctrl-C may come twice: package runners pass on what the terminal has sent to everybody. */
const sameKeyPress = 1_000;

function firstInterrupt(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = () => {
    first ??= performance.now();
    controller.abort();
    if (performance.now() - first > sameKeyPress) process.exit(exitCodes.interrupted);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  return controller.signal;
}

/** A terminal that people read: what it shows is as wide as it is, and the commands in it can be typed as they stand. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { typed } from '../words.js';
import { wrapLines } from '../wrap.js';
import type { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

export interface Reading {
  /** `uplift`, or what starts it where that is not installed. */
  readonly program: string;
  /** The data folder, where the words of the command name it; else the commands find it as this one does. */
  readonly data: string | undefined;
  /** Standard output is for a program. */
  readonly json: boolean;
  /** Columns of standard output and of standard error; undefined: no terminal, nothing is broken. */
  readonly columns: { readonly out: number | undefined; readonly err: number | undefined };
}

export function forPeople(terminal: Terminal, reading: Reading): Terminal {
  const { columns, json } = reading;
  const shown = (text: string, width: number | undefined) => {
    const hinted = typedAsItStands(text, reading);
    return width === undefined ? hinted : wrapLines(hinted, width);
  };
  return {
    ...terminal,
    print: (text) => terminal.print(json ? text : shown(text, columns.out)),
    talk: (text) => terminal.talk(shown(text, columns.err)),
    progress: async () => {
      const progress: Progress = await terminal.progress();
      return {
        show: (items) => progress.show(items.map((item) => ({ ...item, text: shown(item.text, columns.err) }))),
        end: () => progress.end(),
      };
    },
  };
}

/** `words`: what follows `uplift`. */
export function readingOf(words: readonly string[], { env, stdout, stderr }: NodeJS.Process): Reading {
  const live = (stream: NodeJS.WriteStream) => (stream.isTTY && stream.columns > 0 ? stream.columns : undefined);
  return {
    program: onPath('uplift', env) ? 'uplift' : 'npx uplift',
    data: dataIn(words),
    json: words.includes('--json'),
    columns: { out: live(stdout), err: live(stderr) },
  };
}

/** Commands of the text as they are typed here; a process that is named by its command is none. A line that names a data folder already keeps it. */
export function typedAsItStands(text: string, { program, data }: Pick<Reading, 'program' | 'data'>): string {
  return text
    .split('\n')
    .map((line) => {
      const folder = data === undefined || line.includes('--data') ? '' : ` --data ${typed(data)}`;
      return line.replace(
        /(?<![\w/.-])(?:npx )?uplift (--help\b|[a-z]+(?:-[a-z]+)*)(?![\w.#/-]|,? \(?process)/g,
        (whole, name: string) => {
          if (name === '--help') return `${program} ${name}`;
          return commands.has(name) ? `${program} ${name}${folder}` : whole;
        },
      );
    })
    .join('\n');
}

/** Words after `uplift` that are commands: others are prose. */
const commands: ReadonlySet<string> = new Set(
  `up demo doctor plan upgrade status watch history report approve reject go-live tasks task complete reopen rollback pause resume stop prepare retry deploy publish
  publish-all modules why schedule worker completion validate import`.split(/\s+/),
);

function dataIn(words: readonly string[]): string | undefined {
  const at = words.indexOf('--data');
  if (at >= 0) return words[at + 1];
  return words.find((word) => word.startsWith('--data='))?.slice('--data='.length);
}

/** Package runners put their own folders there while they run: whoever types the command has not got those. */
function onPath(name: string, env: NodeJS.ProcessEnv): boolean {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.some((folder) => {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

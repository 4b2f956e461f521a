/** How things stand, shown while they change: redrawn in place on a terminal, else a line for each that changed. */

/** Something that is followed; `text` is one line or more. */
export interface Item {
  readonly key: string;
  readonly text: string;
}

export interface Progress {
  show(items: readonly Item[]): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

export async function liveProgress(stream: NodeJS.WriteStream): Promise<Progress> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  return {
    show: (items) => (items.length === 0 ? update.clear() : update(items.map(({ text }) => text).join('\n'))),
    end: () => update.done(),
  };
}

/** Prefixes each line with the time of day in UTC. */
export function plainProgress(write: (line: string) => void, now: () => Date = () => new Date()): Progress {
  const shown = new Map<string, string>();
  return {
    show(items) {
      for (const key of shown.keys()) if (!items.some((item) => item.key === key)) shown.delete(key);
      for (const { key, text } of items) {
        if (shown.get(key) === text) continue;
        shown.set(key, text);
        const time = now().toISOString().slice(11, 19);
        for (const line of text.split('\n')) write(`${time} ${line}`);
      }
    },
    end() {},
  };
}

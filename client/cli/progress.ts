/** How things stand, shown while they change: redrawn in place on a terminal, else a line for each that changed. */

/** Something that is followed; `text` is one line or more. */
export interface Item {
  readonly key: string;
  readonly text: string;
  /** What is said once it is not shown any more, where lines stay; absent: nothing. */
  readonly gone?: string;
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

/** Prefixes each line with the time of day in UTC, which the Z says. */
export function plainProgress(write: (line: string) => void, now: () => Date = () => new Date()): Progress {
  const shown = new Map<string, Item>();
  const say = (text: string) => {
    const time = now().toISOString().slice(11, 19);
    for (const line of text.split('\n')) write(`${time}Z ${line}`);
  };
  return {
    show(items) {
      for (const [key, { gone }] of shown) {
        if (items.some((item) => item.key === key)) continue;
        shown.delete(key);
        if (gone !== undefined) say(gone);
      }
      for (const item of items) {
        const former = shown.get(item.key);
        shown.set(item.key, item);
        if (former?.text !== item.text) say(item.text);
      }
    },
    end() {},
  };
}

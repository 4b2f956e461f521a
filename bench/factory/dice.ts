/**
 * Chance that can be repeated: a throw depends on the seed and on what it is about, never on the throws before it. So one more
 * question in one place changes no answer in another, and all machines agree.
 */
import { createHash } from 'node:crypto';

type About = readonly (string | number)[];

export interface Dice {
  /** From 0 up to, not including, 1. */
  fraction(...about: About): number;
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number, ...about: About): number;
  /** Throws on an empty list. */
  pick<T>(list: readonly T[], ...about: About): T;
  /** All of the list, in another order. */
  shuffled<T>(list: readonly T[], ...about: About): T[];
}

export function dice(seed: number): Dice {
  function fraction(...about: About): number {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, ...about]))
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }
  function below(count: number, ...about: About): number {
    return Math.floor(fraction(...about) * count);
  }
  return {
    fraction,
    below,
    pick(list, ...about) {
      const picked = list[below(list.length, ...about)];
      if (picked === undefined) throw new RangeError(`Nothing to pick from for ${about.join(' ')}`);
      return picked;
    },
    shuffled(list, ...about) {
      return list
        .map((item, place) => ({ item, place, drawn: fraction(...about, place) }))
        .sort((left, right) => left.drawn - right.drawn || left.place - right.place)
        .map(({ item }) => item);
    },
  };
}

/** Who compiles when, in whatever process, and with how much memory. */
import { setMaxListeners } from 'node:events';
import path from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { compilerMemory } from '../../platform/embedded/compile/compilerMemory.js';
import { compilerPool, type InTurn } from '../../platform/embedded/compile/compilerPool.js';
import { type CompilePurpose, compilerTurns } from '../../platform/embedded/compile/compilerTurns.js';
import { otherProcess } from './compilerPool.js';
import { eventually } from './serving.js';
import { temporaryFolder } from './tinyFactory.js';

/** Never aborted. */
const { signal } = new AbortController();
setMaxListeners(100, signal);

const newFile = () => path.join(temporaryFolder(), 'compilers.db');

const poolOf = (places: number, file = newFile(), lease?: number) => compilerPool(compilerTurns(file, places, lease));

/** Milliseconds, longer than any test. */
const long = 3_600_000;

/** Takes a place until it is left. */
function occupied(inTurn: InTurn) {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  return { first: inTurn({ purpose: 'preparation', signal }, () => left), leave };
}

/** Those that are asked for, had or not. */
function turnsIn(file: string): number {
  const database = new Database(file);
  const rows = database.prepare('select * from turns').all();
  database.close();
  return rows.length;
}

/** Asks in the order given while one of the pool's places is taken; gives the order in which they had their turns. */
async function turnsOf(asked: readonly CompilePurpose[]): Promise<readonly string[]> {
  const file = newFile();
  const inTurn = poolOf(1, file);
  const turns: string[] = [];
  const { first, leave } = occupied(inTurn);
  const all: Promise<void>[] = [];
  for (const [index, purpose] of asked.entries()) {
    all.push(inTurn({ purpose, signal }, async () => void turns.push(`${purpose} ${index}`)));
    await eventually('it waits', async () => turnsIn(file) === index + 2);
  }
  leave();
  await Promise.all([first, ...all]);
  return turns;
}

describe('the turns of compilers', () => {
  it('publishes come first, and a preparation after three of them', async () => {
    expect(await turnsOf(['preparation', 'preparation', ...Array<CompilePurpose>(5).fill('publish')])).toEqual([
      ...['publish 2', 'publish 3', 'publish 4', 'preparation 0', 'publish 5', 'publish 6', 'preparation 1'],
    ]);
  });

  it('there are never more at a time than the pool has places, whatever fails', async () => {
    const inTurn = poolOf(2);
    let now = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      throw new Error('no');
    };

    const all = Array.from({ length: 20 }, () => inTurn({ purpose: 'publish', signal }, work));

    expect((await Promise.allSettled(all)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(most).toBe(2);
  });

  it('who is no longer wanted leaves the queue, and takes nobody’s turn', async () => {
    const file = newFile();
    const inTurn = poolOf(1, file);
    const leaving = new AbortController();
    const { first, leave } = occupied(inTurn);
    const left = inTurn({ purpose: 'publish', signal: leaving.signal }, async () => 'had a turn');
    const last = inTurn({ purpose: 'publish', signal }, async () => 'had a turn');

    leaving.abort(new Error('cancelled'));

    await expect(left).rejects.toThrow('cancelled');
    leave();
    await first;
    expect(await last).toBe('had a turn');
    expect(turnsIn(file)).toBe(0);
  });
});

describe('the turns of compilers of several processes', () => {
  it('a publish of one comes before a preparation of another that has waited longer', async () => {
    const file = newFile();
    const { first, leave } = occupied(poolOf(1, file));
    const preparing = await otherProcess(file, 1, 'preparation');
    await eventually('the preparation waits', async () => turnsIn(file) === 2);
    const publishing = await otherProcess(file, 1, 'publish');
    await eventually('the publish waits', async () => turnsIn(file) === 3);

    leave();
    await first;

    await eventually('the publish has its turn', async () => publishing.began());
    expect(preparing.began()).toBe(false);
    publishing.leave();
    await eventually('then the preparation', async () => preparing.began());
  });

  it('one that is killed gives its turns back, had or waited for, and there are never more than there are places', async () => {
    const file = newFile();
    const holders = [await otherProcess(file, 2, 'publish', long), await otherProcess(file, 2, 'publish', long)];
    await eventually('both have a turn', async () => holders.every((holder) => holder.began()));
    const waiting = await otherProcess(file, 2, 'publish', long);
    await eventually('a third one waits', async () => turnsIn(file) === 3);
    let begun = false;
    const mine = poolOf(
      2,
      file,
      long,
    )({ purpose: 'preparation', signal }, async () => {
      begun = true;
    });
    await eventually('this one waits too', async () => turnsIn(file) === 4);

    await waiting.end('SIGKILL');
    await eventually('its place in the queue is free', async () => turnsIn(file) === 3);
    expect(begun).toBe(false);
    await holders[0]?.end('SIGKILL');

    await mine;
    expect(begun).toBe(true);
    await eventually('only the other holder is left', async () => turnsIn(file) === 1);
  });

  it('one that is stopped holds nobody up, and goes on where it was', async () => {
    const file = newFile();
    const stopped = await otherProcess(file, 1, 'preparation');
    await eventually('it has its turn', async () => stopped.began());
    stopped.signal('SIGSTOP');

    expect(await poolOf(1, file)({ purpose: 'preparation', signal }, async () => 'had a turn')).toBe('had a turn');

    stopped.signal('SIGCONT');
    stopped.leave();
    expect(await stopped.ended()).toBe(0);
    expect(turnsIn(file)).toBe(0);
  });
});

describe('the memory of a compiler', () => {
  it('is what people have set, or what the machine can spare', () => {
    expect(compilerMemory('6000')).toBe(6_000);
    expect(compilerMemory(undefined)).toBeGreaterThanOrEqual(2_048);
  });

  it.each(['', '0', '-1', '4G', '1e3', '4096.5', '99999999'])('INPUT_INVALID for "%s"', (chosen) => {
    expect(() => compilerMemory(chosen)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});

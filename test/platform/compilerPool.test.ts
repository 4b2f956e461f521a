/** Who compiles when, and with how much memory. */
import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { compilerMemory } from '../../platform/embedded/compile/compilerMemory.js';
import { type CompilePurpose, compilerPool, type InTurn } from '../../platform/embedded/compile/compilerPool.js';

/** Never aborted. */
const { signal } = new AbortController();
setMaxListeners(100, signal);

/** Takes a place until it is left. */
function occupied(inTurn: InTurn) {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  return { first: inTurn({ purpose: 'preparation', signal }, () => left), leave };
}

/** Asks in the order given while one of the pool's places is taken; gives the order in which they had their turns. */
async function turnsOf(asked: readonly CompilePurpose[]): Promise<readonly string[]> {
  const inTurn = compilerPool(1);
  const turns: string[] = [];
  const { first, leave } = occupied(inTurn);
  const all = asked.map((purpose, index) =>
    inTurn({ purpose, signal }, async () => void turns.push(`${purpose} ${index}`)),
  );
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
    const inTurn = compilerPool(2);
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
    const inTurn = compilerPool(1);
    const leaving = new AbortController();
    const { first, leave } = occupied(inTurn);
    const left = inTurn({ purpose: 'publish', signal: leaving.signal }, async () => 'had a turn');
    const last = inTurn({ purpose: 'publish', signal }, async () => 'had a turn');

    leaving.abort(new Error('cancelled'));

    await expect(left).rejects.toThrow('cancelled');
    leave();
    await first;
    expect(await last).toBe('had a turn');
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

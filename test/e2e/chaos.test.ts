/**
 * Processes killed with SIGKILL in the middle of an upgrade: it ends as if nothing had happened. With UPLIFT_LONG=1 each of them
 * is killed in its own upgrade, at each moment.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { writeLayeredFactory } from './factories.js';
import { kill, type ProcessKind, processKinds } from './processes.js';
import { answersOf, attemptsOf, finalState, preparedTwice } from './state.js';
import { beginUpgrade, untilDeployingOthers, untilInstalling, untilPreparing, untilUpgraded } from './upgrading.js';
import { startUplift, type Uplift } from './uplift.js';

const long = process.env['UPLIFT_LONG'] === '1';
const factory = writeLayeredFactory({ modules: 96, broken: true });

let undisturbed: Awaited<ReturnType<typeof upgraded>>['state'];

beforeAll(async () => {
  undisturbed = (await upgraded(async () => undefined)).state;
});

describe('SELF-02 an upgrade goes on', () => {
  it('when everything of it is killed, one process after the other', async () => {
    const { state, attempts } = await upgraded(async (uplift) => {
      await untilPreparing(uplift);
      await kill(uplift, 'compiler');
      await kill(uplift, 'Service Center');
      await untilPreparing(uplift, 2);
      await kill(uplift, 'worker');
      await kill(uplift, 'up');
      await untilDeployingOthers(uplift);
      await kill(uplift, 'front end');
      await kill(uplift, 'Temporal server');
    });
    expect(state).toEqual(undisturbed);
    expect(preparedTwice(attempts)).toEqual([]);
    expect(attempts.lostGroups).toBeLessThanOrEqual(3);
  });

  const moments = {
    'the server step': untilInstalling,
    'the preparation': untilPreparing,
    'Deploy All': untilDeployingOthers,
  } as const;
  const all = (Object.keys(moments) as (keyof typeof moments)[])
    .flatMap((moment) => processKinds.map((kind): [ProcessKind, keyof typeof moments] => [kind, moment]))
    .filter(([kind, moment]) => kind !== 'compiler' || moment === 'the preparation');

  it.runIf(long).each(all)('when the %s is killed during %s', async (kind, moment) => {
    const { state, attempts } = await upgraded(async (uplift) => {
      await moments[moment](uplift);
      await kill(uplift, kind);
    });
    expect(state).toEqual(undisturbed);
    expect(preparedTwice(attempts)).toEqual([]);
    expect(attempts.lostGroups).toBeLessThanOrEqual(lanes);
  });
});

/** Groups that are in progress at a time. */
const lanes = 2;

/** An upgrade of the factory, from the start of `uplift up` to its end, after which nothing is left of it. */
async function upgraded(disturb: (uplift: Uplift) => Promise<void>) {
  const uplift = await startUplift(factory);
  try {
    await beginUpgrade(uplift);
    await disturb(uplift);
    expect(await untilUpgraded(uplift)).toBe('COMPLETED');
    return { state: { ...finalState(uplift), pages: await answersOf(uplift) }, attempts: attemptsOf(uplift) };
  } finally {
    await uplift.close();
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeployableModule,
  deploymentDecision,
  deploymentStatus,
  drift,
  upgradeState,
} from '../../domain/modules/deployment.js';

const prepared: DeployableModule = { name: 'claims', state: 'prepared', instance: 'new', deployedInstance: 'old' };

const anyModule: fc.Arbitrary<DeployableModule> = fc.record({
  name: fc.string(),
  state: fc.constantFrom('pending', 'preparing', 'prepared', 'failed', 'skipped', 'not applicable'),
  cause: fc.option(fc.string(), { nil: undefined }),
  instance: fc.constantFrom('a', 'b', undefined),
  deployedInstance: fc.constantFrom('a', 'b', undefined),
  lastOutcome: fc.constantFrom('deployed', 'failed', undefined),
});

describe('DEP-02 what Deploy All takes', () => {
  it.each<[string, Partial<DeployableModule>, string]>([
    ['a module prepared and never deployed', { deployedInstance: undefined }, 'deploy new'],
    ['a module prepared since its last deployment', {}, 'deploy new'],
    [
      'a module whose latest version is deployed',
      { deployedInstance: 'new', lastOutcome: 'deployed' },
      'already deployed',
    ],
    ['a module whose deployment failed', { lastOutcome: 'failed' }, 'deploy new'],
    ['a module whose deployment failed half way', { deployedInstance: 'new', lastOutcome: 'failed' }, 'deploy new'],
    [
      'a failed compilation',
      { state: 'failed', cause: "TS2339 Property 'x' does not exist" },
      "compilation failed: TS2339 Property 'x' does not exist",
    ],
    [
      'a failed compilation although an older one was deployed',
      { state: 'failed', deployedInstance: 'new' },
      'compilation failed',
    ],
    ['a skipped module', { state: 'skipped', cause: '@acme/core' }, 'skipped: @acme/core'],
    ['a pending module', { state: 'pending' }, 'not prepared yet'],
    ['a module being prepared', { state: 'preparing' }, 'not prepared yet'],
    [
      'a prepared module without a compilation',
      { instance: undefined, deployedInstance: undefined },
      'not prepared yet',
    ],
    ['a module that was never published', { state: 'not applicable' }, 'never published'],
  ])('DEP-02 DEP-05 %s', (_, facts, expected) => {
    const decision = deploymentDecision({ ...prepared, ...facts });
    expect(decision.kind === 'deploy' ? `deploy ${decision.instance}` : decision.reason).toBe(expected);
  });

  it('DEP-05 takes nothing again after everything was deployed well', () => {
    fc.assert(
      fc.property(anyModule, (module) => {
        const decision = deploymentDecision(module);
        if (decision.kind === 'skip') {
          expect(decision.reason).not.toBe('');
          return;
        }
        const after = deploymentDecision({ ...module, deployedInstance: decision.instance, lastOutcome: 'deployed' });
        expect(after).toEqual({ kind: 'skip', reason: 'already deployed' });
      }),
    );
  });
});

describe('DEP-02 DEP-06 how it ended', () => {
  it.each([
    [{ deployed: 3, failed: 0, left: 0 }, 'finished'],
    [{ deployed: 3, failed: 1, left: 0 }, 'finished with errors'],
    [{ deployed: 3, failed: 0, left: 1 }, 'finished with errors'],
    [{ deployed: 0, failed: 0, left: 0 }, 'nothing to deploy'],
    [{ deployed: 0, failed: 2, left: 0 }, 'finished with errors'],
  ])('DEP-02 DEP-06 %j: %s', (counts, status) => {
    expect(deploymentStatus(counts)).toBe(status);
  });

  it('DEP-06 is fully upgraded when every module that was ever published runs its latest compilation', () => {
    const deployed = { ...prepared, deployedInstance: 'new' };
    const draft: DeployableModule = {
      name: 'draft',
      state: 'not applicable',
      instance: undefined,
      deployedInstance: undefined,
    };
    expect(upgradeState([deployed, draft])).toEqual({ kind: 'fully upgraded' });
    expect(upgradeState([])).toEqual({ kind: 'fully upgraded' });
  });

  it('DEP-06 names what is left, with the reason', () => {
    const modules: readonly DeployableModule[] = [
      { ...prepared, name: 'waiting' },
      { ...prepared, name: 'broken', state: 'failed', cause: 'TS2339' },
      { ...prepared, name: 'refused', lastOutcome: 'failed' },
      { ...prepared, name: 'good', deployedInstance: 'new' },
    ];
    expect(upgradeState(modules)).toEqual({
      kind: 'not fully upgraded',
      left: [
        { module: 'waiting', reason: 'not deployed yet' },
        { module: 'broken', reason: 'compilation failed: TS2339' },
        { module: 'refused', reason: 'deployment failed' },
      ],
    });
  });

  it('DEP-06 accounts for every module: deployed, left with a reason, or never published', () => {
    fc.assert(
      fc.property(fc.array(anyModule), (modules) => {
        const state = upgradeState(modules);
        const left = state.kind === 'fully upgraded' ? [] : state.left;
        const deployed = modules.filter((module) => {
          const decision = deploymentDecision(module);
          return decision.kind === 'skip' && decision.reason === 'already deployed';
        });
        const never = modules.filter((module) => module.state === 'not applicable');
        expect(left.length + deployed.length + never.length).toBe(modules.length);
        expect(left.every(({ reason }) => reason !== '')).toBe(true);
      }),
    );
  });

  it('DEP-06 reports what was published, added and deleted since', () => {
    const then = new Map([
      ['a', '1'],
      ['b', '1'],
      ['c', '1'],
    ]);
    const now = new Map([
      ['d', '1'],
      ['c', '1'],
      ['b', '2'],
    ]);
    expect(drift(then, now)).toEqual([
      { module: 'a', change: 'deleted' },
      { module: 'b', change: 'published' },
      { module: 'd', change: 'added' },
    ]);
    expect(drift(now, now)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stages } from '../../domain/infrastructure/infrastructure.js';
import { upgradeOrder } from '../../domain/plan/order.js';

const acme = [
  { name: 'Development', stage: 'development' },
  { name: 'Testing', stage: 'testing' },
  { name: 'Pre-Production', stage: 'pre-production' },
  { name: 'Production', stage: 'production' },
] as const;
const all = acme.map(({ name }) => name);

function order(wanted?: readonly string[], takePart: readonly string[] = all, tested: readonly string[] = []) {
  return upgradeOrder({ environments: acme, takePart, order: wanted, tested });
}

describe('the order of the environments', () => {
  it('PLAN-04 is that of the lifecycle when nobody wants another one', () => {
    expect(order()).toEqual({ kind: 'allowed', order: all });
    const mixed = [...acme].reverse();
    expect(upgradeOrder({ environments: mixed, takePart: [...all], tested: [] })).toEqual({
      kind: 'allowed',
      order: all,
    });
  });

  it('PLAN-04 keeps environments of one stage as they are described', () => {
    const two = [
      { name: 'South', stage: 'production' },
      { name: 'North', stage: 'production' },
      { name: 'Trial', stage: 'testing' },
    ] as const;
    expect(upgradeOrder({ environments: two, takePart: ['North', 'South', 'Trial'], tested: [] })).toEqual({
      kind: 'allowed',
      order: ['Trial', 'South', 'North'],
    });
  });

  it.each([
    [['Pre-Production', 'Production', 'Testing', 'Development']],
    [['Testing', 'Production', 'Pre-Production', 'Development']],
    [['Development', 'Production', 'Testing', 'Pre-Production']],
  ])('PLAN-04 may be %j: something was upgraded and tested before Production', (wanted) => {
    expect(order(wanted)).toEqual({ kind: 'allowed', order: wanted });
  });

  it('PLAN-04 may not begin with Production', () => {
    expect(order(['Production', 'Development', 'Testing', 'Pre-Production'])).toEqual({
      kind: 'refused',
      code: 'ORDER_REFUSED',
      reason: 'Production would be upgraded before any non-production environment was upgraded and tested',
      next: 'upgrade and test one of Development, Testing, Pre-Production first',
    });
  });

  it('PLAN-04 lets Production alone be upgraded once another environment was', () => {
    expect(order(undefined, ['Production'])).toMatchObject({ kind: 'refused', code: 'ORDER_REFUSED' });
    expect(order(undefined, ['Production'], ['Testing'])).toEqual({ kind: 'allowed', order: ['Production'] });
    expect(order(undefined, ['Production'], ['Production', 'Elsewhere'])).toMatchObject({ kind: 'refused' });
  });

  it('PLAN-04 refuses an infrastructure that has nothing but Production', () => {
    const alone = [{ name: 'Production', stage: 'production' }] as const;
    expect(upgradeOrder({ environments: alone, takePart: ['Production'], tested: [] })).toMatchObject({
      kind: 'refused',
      next: 'describe an environment that Production can be tried out in',
    });
  });

  it.each([
    [['Development', 'Testing', 'Production'], 'The order does not say when Pre-Production is upgraded'],
    [['Development', 'Testing', 'Testing', 'Production'], 'The order names Testing twice'],
    [['Development', 'Staging'], 'The order names Staging, which does not take part'],
  ])('refuses %j', (wanted, reason) => {
    expect(order(wanted)).toEqual({
      kind: 'refused',
      code: 'INPUT_INVALID',
      reason,
      next: 'order them like Development, Testing, Pre-Production, Production',
    });
  });

  it('PLAN-04 never has Production before a tested environment, whatever is asked for', () => {
    const named = fc
      .array(fc.constantFrom(...stages), { minLength: 1, maxLength: 8 })
      .map((some) => some.map((stage, index) => ({ name: `E${index}`, stage })));
    const request = named.chain((environments) => {
      const names = environments.map(({ name }) => name);
      return fc.record({
        environments: fc.constant(environments),
        takePart: fc.subarray(names),
        order: fc.option(fc.shuffledSubarray(names), { nil: undefined }),
        tested: fc.subarray(names),
      });
    });
    fc.assert(
      fc.property(request, ({ environments, takePart, order: wanted, tested }) => {
        const answer = upgradeOrder({ environments, takePart, order: wanted, tested });
        if (answer.kind === 'refused') return;
        expect([...answer.order].sort()).toEqual([...takePart].sort());
        const stageOf = (name: string) => environments.find((one) => one.name === name)?.stage;
        const done = new Set(tested);
        for (const name of answer.order) {
          if (stageOf(name) === 'production') expect([...done].some((one) => stageOf(one) !== 'production')).toBe(true);
          done.add(name);
        }
      }),
    );
  });
});

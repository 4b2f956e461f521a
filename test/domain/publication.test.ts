import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moduleGraph } from '../../domain/modules/graph.js';
import type { LockOperation, ModuleState, Operation } from '../../domain/modules/module.js';
import {
  canPublish,
  lockedText,
  notUpgradedText,
  oldProducerText,
  producerNotPreparedText,
  unpreparedProducers,
} from '../../domain/modules/publication.js';

/** How a script that knows the vendor's texts reads them. */
const locked =
  /^The (1-Click Publish|Configuration update|Delete module) started by (.+?) at (.+?) can't proceed because there is an ongoing (.+?), started by (.+?) at (.+?), that is locking '(.+?)' module\.$/;

const upgrade = { operation: 'Modules upgrade', holder: 'Compiler Service', since: '2026-03-01T09:00:00Z' } as const;
const attempt = { user: 'ana', at: '2026-03-01T09:30:00Z', module: '@acme/claims', lock: upgrade } as const;

const name = fc
  .string({ minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '' && !/ at |can't|, |'|[\n\r\u2028\u2029]/.test(text));
const operation = fc.constantFrom<Operation>('1-Click Publish', 'Configuration update', 'Delete module');
const holding = fc.constantFrom<LockOperation>('Modules upgrade', 'Modules deployment', '1-Click Publish');
const moment = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());

describe('PREP-05 refusals on locked modules', () => {
  it.each([
    [
      '1-Click Publish',
      upgrade,
      `The 1-Click Publish started by ana at 2026-03-01T09:30:00Z can't proceed because there is an ongoing Modules upgrade, started by Compiler Service at 2026-03-01T09:00:00Z, that is locking '@acme/claims' module.`,
    ],
    [
      'Configuration update',
      upgrade,
      `The Configuration update started by ana at 2026-03-01T09:30:00Z can't proceed because there is an ongoing Modules upgrade, started by Compiler Service at 2026-03-01T09:00:00Z, that is locking '@acme/claims' module.`,
    ],
    [
      'Delete module',
      upgrade,
      `The Delete module started by ana at 2026-03-01T09:30:00Z can't proceed because there is an ongoing Modules upgrade, started by Compiler Service at 2026-03-01T09:00:00Z, that is locking '@acme/claims' module.`,
    ],
    [
      '1-Click Publish',
      { operation: 'Modules deployment', holder: 'Deployment Service', since: 'today' } as const,
      `The 1-Click Publish started by ana at 2026-03-01T09:30:00Z can't proceed because there is an ongoing Modules deployment, started by Deployment Service at today, that is locking '@acme/claims' module.`,
    ],
  ] as const)('PREP-05 DEP-03 refuses %s under %j', (wanted, lock, text) => {
    expect(lockedText({ ...attempt, operation: wanted, lock })).toBe(text);
  });

  it('PREP-05 can be read back by who knows the texts', () => {
    const anyAttempt = fc.record({
      operation,
      user: name,
      at: moment,
      module: name,
      lock: fc.record({ operation: holding, holder: name, since: moment }),
    });
    fc.assert(
      fc.property(anyAttempt, (wanted) => {
        const { lock } = wanted;
        expect(locked.exec(lockedText(wanted))?.slice(1)).toEqual([
          wanted.operation,
          wanted.user,
          wanted.at,
          lock.operation,
          lock.holder,
          lock.since,
          wanted.module,
        ]);
      }),
    );
  });
});

describe('PREP-06 publishing', () => {
  const graph = moduleGraph([
    { name: 'core', producers: [], cost: 1 },
    { name: 'ui', producers: ['core'], cost: 1 },
    { name: 'app', producers: ['ui', 'core', 'gone'], cost: 1 },
    { name: 'left', producers: ['right', 'core'], cost: 1 },
    { name: 'right', producers: ['left', 'ui'], cost: 1 },
  ]);
  const unprepared = (module: string, states: Readonly<Record<string, ModuleState>>) =>
    unpreparedProducers(graph, new Map(Object.entries(states)), module);

  it('PREP-06 needs the modules it consumes itself, whatever stands below them', () => {
    expect(unprepared('core', {})).toEqual([]);
    expect(unprepared('ui', { core: 'prepared' })).toEqual([]);
    expect(unprepared('ui', { core: 'preparing' })).toEqual(['core']);
    expect(unprepared('app', { ui: 'prepared', core: 'failed' })).toEqual(['core', 'gone']);
    expect(unprepared('unknown', {})).toEqual([]);
  });

  it('PREP-06 publishes a unit together: its members do not wait for each other', () => {
    expect(unprepared('left', { core: 'prepared', ui: 'prepared' })).toEqual([]);
    expect(unprepared('left', { core: 'prepared', ui: 'pending' })).toEqual(['ui']);
  });

  it('PREP-06 refuses in the words of the vendor, naming the first producer', () => {
    expect(canPublish([])).toEqual({ kind: 'publish' });
    expect(canPublish(['core', 'ui'])).toEqual({
      kind: 'refused',
      producers: ['core', 'ui'],
      text: "Producer module 'core' hasn't been prepared for the current OutSystems environment version. The Preparation of Modules may not have finished yet, failed, or it is on hold. Check Service Center for more details or try to publish 'core'.",
    });
    expect(oldProducerText('core')).toBe(`Old Producer: ${producerNotPreparedText('core')}`);
  });

  it('PREP-06 shows the status of a module that is not compiled in the new version', () => {
    expect(notUpgradedText).toBe(
      "This Module hasn't been upgraded to the current environment version. Please publish the module. Alternatively, run another environment upgrade.",
    );
  });
});

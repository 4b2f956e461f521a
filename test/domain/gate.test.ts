import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  approvalsNeeded,
  decide,
  type Gate,
  type GateMessage,
  gateState,
  messageToSend,
  whyOneMore,
  withoutMessage,
} from '../../domain/gates/gate.js';
import { type Approval, messages } from '../../domain/messages/message.js';

const gate: Gate = { name: 'plan', planHash: 'abc', token: 't1', quorum: 1, excludeRequester: false };
const addressed = { gate: 'plan', plan: 'abc', token: 't1' } as const;
const now = 1_000;

const approve = (approver: string, more: Partial<Approval> = {}): GateMessage => ({
  kind: 'approve',
  ...addressed,
  approver,
  ...more,
});
const reject = (approver: string, reason = 'not now'): GateMessage => ({
  kind: 'reject',
  ...addressed,
  approver,
  reason,
});

/** Sends `sent` one after the other, as a run does. */
function send(
  at: Gate,
  sent: readonly GateMessage[],
  clock: (index: number) => number = () => now,
): readonly GateMessage[] {
  const accepted: GateMessage[] = [];
  for (const [index, message] of sent.entries()) {
    if (decide(at, accepted, message, clock(index)).kind === 'accepted') accepted.push(message);
  }
  return accepted;
}

function refusal(at: Gate, message: GateMessage, accepted: readonly GateMessage[] = [], time = now): string {
  const answer = decide(at, accepted, message, time);
  return answer.kind === 'refused' ? answer.reason : 'accepted';
}

describe('a refusal for people who see beside it what to send', () => {
  const restricted = { ...gate, approvers: ['ana', 'rui'], requester: 'rui', excludeRequester: true };
  it.each([
    ['bob', 'bob is not among its approvers: ana, rui'],
    ['rui', 'rui asked for this upgrade and cannot approve it'],
    ['', 'It names no approver'],
  ])('of %s has no JSON', (approver, said) => {
    expect(withoutMessage(refusal(restricted, approve(approver)))).toBe(said);
  });

  it.each([
    [{ gate: 'tests' }, 'The run waits at gate "plan", not at "tests"'],
    [{ plan: 'f' }, 'The plan of this run is abc, not "f"'],
    [{ token: 'old' }, 'The token "old" belongs to another run'],
  ])('of a message with %o has no JSON', (wrong, said) => {
    expect(withoutMessage(refusal(gate, approve('ana', wrong)))).toBe(said);
  });

  it('of a wrong shape has no JSON, also where its end was cut off', () => {
    const checked = messages.approve.check({});
    const problem = checked.ok ? '' : checked.problem;
    expect(problem).toContain(': send for example {"gate"');
    const said = problem.slice(0, problem.indexOf(': send'));
    expect([problem, problem.slice(0, -20)].map(withoutMessage)).toEqual([said, said]);
  });
});

describe('a gate', () => {
  it('waits, and opens with the approval it names', () => {
    expect(gateState(gate, [], now)).toEqual({ kind: 'waiting', missing: 1, approvers: [] });
    expect(decide(gate, [], approve('ana'), now)).toEqual({ kind: 'accepted' });
    expect(gateState(gate, [approve(' ana ')], now)).toEqual({ kind: 'open', approvers: ['ana'] });
  });

  it('counts different people, as people read names', () => {
    const two = { ...gate, quorum: 2 };
    expect(gateState(two, [approve('Ana'), approve(' ana '), approve('ANA')], now)).toMatchObject({
      kind: 'waiting',
      missing: 1,
    });
    expect(gateState(two, [approve('Jos\u00e9'), approve('jose\u0301')], now)).toMatchObject({
      kind: 'waiting',
      missing: 1,
    });
    expect(gateState(two, [approve('ana'), approve('ana\u200b')], now)).toMatchObject({ kind: 'waiting', missing: 1 });
    expect(refusal(two, approve('ANA '), [approve('ana')])).toMatch(
      /ANA has approved already: somebody else has to send/,
    );
    expect(gateState(two, [approve('ana'), approve('ben')], now)).toEqual({ kind: 'open', approvers: ['ana', 'ben'] });
  });

  it.each([
    [{ quorum: 1 }, 1],
    [{ quorum: 3 }, 3],
    [{ quorum: 0 }, 1],
    [{ quorum: -5 }, 1],
    [{ quorum: Number.NaN }, 1],
    [{ quorum: 1.5 }, 2],
    [{ quorum: 1, excludeRequester: true, requester: 'ana' }, 1],
    [{ quorum: 1, excludeRequester: true }, 2],
    [{ quorum: 1, excludeRequester: true, requester: '  ' }, 2],
    [{ quorum: 1, excludeRequester: true, requester: 'YOUR NAME' }, 2],
    [{ quorum: 1, excludeRequester: false }, 1],
  ])('with %j needs %i approvals', (facts, needed) => {
    expect(approvalsNeeded({ ...gate, ...facts })).toBe(needed);
  });

  it('does not take the requester’s own approval when it says so, but his rejection', () => {
    const other = { ...gate, excludeRequester: true, requester: 'Ana' };
    expect(refusal(other, approve('ana'))).toMatch(/^ana asked for this upgrade and cannot approve it: somebody else/);
    expect(gateState(other, [approve('ana')], now)).toMatchObject({ kind: 'waiting', missing: 1 });
    expect(decide(other, [], approve('ben'), now)).toEqual({ kind: 'accepted' });
    expect(decide(other, [], reject('ana'), now)).toEqual({ kind: 'accepted' });
    expect(decide({ ...other, excludeRequester: false }, [], approve('ana'), now)).toEqual({ kind: 'accepted' });
  });

  it('is closed by one rejection with a reason', () => {
    expect(refusal(gate, reject('ben', ' '))).toContain('A rejection needs a reason');
    const accepted = [reject(' ben ')];
    expect(gateState({ ...gate, quorum: 2 }, [approve('ana'), ...accepted, approve('eva')], now)).toEqual({
      kind: 'rejected',
      by: 'ben',
      reason: 'not now',
    });
    expect(refusal(gate, approve('ana'), accepted)).toContain('rejected by ben (not now)');
  });

  it.each([
    ['a Cyrillic letter', 'ana', '\u0430na'],
    ['a Greek letter', 'nora', 'n\u03bfra'],
    ['blanks between words', 'Ana Maria', 'ana\u00a0  maria'],
    ['a character that cannot be seen', 'ana', 'a\u200dn\ufe0fa'],
    ['full-width letters', 'rui', '\uff32\uff35\uff29'],
  ])('counts a name with %s as the one it looks like', (_, name, other) => {
    const two = { ...gate, quorum: 2 };
    expect(gateState(two, [approve(name), approve(other)], now)).toMatchObject({ kind: 'waiting', missing: 1 });
    expect(refusal(two, approve(other), [approve(name)])).toContain('has approved already');
    expect(refusal({ ...gate, excludeRequester: true, requester: name }, approve(other))).toContain('asked for this');
    expect(refusal({ ...gate, approvers: [name] }, approve(other))).toBe('accepted');
  });

  it.each(['YOUR NAME', 'Your name', 'NAME', '<name>', 'the name'])('takes %s for nobody', (name) => {
    expect(refusal(gate, approve(name))).toContain('It names no approver');
    expect(refusal(gate, reject(name))).toContain('It names no approver');
  });

  it.each(['WHY', 'why not', '<why>'])('takes %s for no reason', (reason) => {
    const accepting = { ...gate, toAccept: ['claims'] };
    expect(refusal(accepting, approve('ana', { accept: ['claims'], reason }))).toContain('needs a reason');
    expect(refusal(gate, reject('ana', reason))).toContain('A rejection needs a reason');
  });

  it('is rejected by those alone who may approve', () => {
    const listed = { ...gate, approvers: ['ana', 'rui'] };
    expect(refusal(listed, reject('otto'))).toContain('otto is not among its approvers: ana, rui can send');
    expect(refusal(listed, reject('Rui'))).toBe('accepted');
  });

  it('says why it asks one more approval where nobody is known to have asked for the upgrade', () => {
    expect(whyOneMore({ ...gate, excludeRequester: true })).toMatch(/One more approval .* nobody says who asked/);
    expect(whyOneMore({ ...gate, excludeRequester: true, requester: 'rita' })).toBeUndefined();
    expect(whyOneMore(gate)).toBeUndefined();
  });

  it('takes nothing more once it is open', () => {
    for (const message of [approve('ben'), reject('ben')]) {
      expect(refusal(gate, message, [approve('ana')])).toMatch(/open already, approved by ana/);
    }
    expect(gateState(gate, [approve('ana'), reject('ben')], now)).toMatchObject({ kind: 'open' });
  });

  it('does not count what was accepted at another gate or for another plan', () => {
    for (const other of [{ gate: 'go live' }, { plan: 'old' }]) {
      expect(gateState(gate, [approve('ana', other)], now)).toMatchObject({ kind: 'waiting', missing: 1 });
      expect(gateState(gate, [{ ...reject('ana'), ...other }], now)).toMatchObject({ kind: 'waiting' });
    }
  });

  it('expires, unless it was opened in time', () => {
    const brief = { ...gate, expiresAt: now };
    expect(gateState(brief, [], now - 1)).toMatchObject({ kind: 'waiting' });
    expect(gateState(brief, [], now)).toEqual({ kind: 'expired' });
    expect(refusal(brief, approve('ana'))).toContain('has expired');
    expect(gateState(brief, [approve('ana')], now + 1)).toMatchObject({ kind: 'open' });
  });

  it.each([
    ['an empty payload', { gate: '', plan: '', token: '' }, 'The run waits at gate "plan", not at ""'],
    ['another gate', { gate: 'go live' }, 'The run waits at gate "plan", not at "go live"'],
    ['another plan', { plan: 'old' }, 'The plan of this run is abc, not "old"'],
    ['another run', { token: 't0' }, 'The token "t0" belongs to another run'],
  ])('refuses %s, and says what to send', (_, wrong, reason) => {
    const text = refusal(gate, approve('ana', wrong));
    expect(text).toContain(reason);
    expect(text).toContain('send {"gate":"plan","plan":"abc","token":"t1","approver":""}');
    expect(refusal(gate, { ...reject('ana'), ...wrong })).toContain('"approver":"","reason":""}');
  });

  it('refuses an approval without a name, the example pasted as it is included', () => {
    expect(refusal(gate, approve('  '))).toContain('It names no approver');
    expect(refusal(gate, approve('\u200b'))).toContain('It names no approver');
    expect(gateState(gate, [approve('')], now)).toMatchObject({ kind: 'waiting', missing: 1 });
    expect(messages.approve.check(JSON.parse(messageToSend(gate, 'approve'))).ok).toBe(false);
  });

  it('names ten of what an approval leaves out, and refuses in a sentence that any report bears', () => {
    const toAccept = Array.from({ length: 5_000 }, (_, at) => `@acme/module-${at}`);
    const applications = { ...gate, name: 'applications', toAccept };
    const reason = refusal(applications, approve('ana', { gate: 'applications' }));
    expect(reason).toContain('@acme/module-9 and 4,990 more: send {');
    expect(reason).toHaveLength(2_000);
  });

  it('lets modules pass as they are only when an approval accepts each by name, with a reason', () => {
    const applications = { ...gate, name: 'applications', toAccept: ['claims', 'ui'] };
    const accepting = (more: object) => refusal(applications, approve('ana', { gate: 'applications', ...more }));
    expect(accepting({})).toContain('It does not accept claims, ui: send {');
    expect(accepting({ accept: ['claims'], reason: 'unused' })).toContain('It does not accept ui');
    expect(accepting({ accept: ['ui', 'claims'] })).toContain('needs a reason');
    expect(accepting({ accept: ['ui', 'claims', 'more'], reason: 'unused' })).toBe('accepted');
    expect(JSON.parse(messageToSend(applications, 'approve'))).toMatchObject({ accept: ['claims', 'ui'], reason: '' });
  });

  const person = fc.constantFrom('ana', 'Ana ', 'ben', 'eva', '', ' ');
  const anyMessage = fc.record({
    kind: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'reject' as const),
    gate: fc.constantFrom('plan', 'plan', 'plan', 'go live', ''),
    plan: fc.constantFrom('abc', 'abc', 'abc', 'old'),
    token: fc.constantFrom('t1', 't1', 't1', 't0'),
    approver: person,
    reason: fc.constantFrom('why', ''),
  });
  const anyGate = fc.record({
    name: fc.constant('plan'),
    planHash: fc.constant('abc'),
    token: fc.constant('t1'),
    quorum: fc.integer({ min: -1, max: 4 }),
    requester: fc.constantFrom(undefined, 'ANA', 'dora'),
    excludeRequester: fc.boolean(),
    expiresAt: fc.constantFrom(undefined, 5),
  });

  it('is opened by no order of messages without its quorum of different people', () => {
    fc.assert(
      fc.property(anyGate, fc.array(anyMessage, { maxLength: 12 }), (at, sent) => {
        const accepted = send(at, sent, (index) => index);
        const state = gateState(at, accepted, sent.length);
        const good = sent.filter(
          (message, index) =>
            message.kind === 'approve' &&
            message.gate === at.name &&
            message.plan === at.planHash &&
            message.token === at.token &&
            index < (at.expiresAt ?? sent.length + 1),
        );
        const names = new Set(good.map(({ approver }) => approver.trim().toLowerCase()));
        names.delete('');
        if (at.excludeRequester) names.delete((at.requester ?? '').toLowerCase());
        const needed = Math.max(1, at.quorum) + (at.excludeRequester && at.requester === undefined ? 1 : 0);
        if (state.kind === 'open') expect(names.size).toBeGreaterThanOrEqual(needed);
        const rejected = sent.some(({ kind }) => kind === 'reject');
        if (names.size >= needed && !rejected) expect(state.kind).toBe('open');
      }),
      { numRuns: 1_000 },
    );
  });

  it('stays open or rejected whatever comes afterwards', () => {
    fc.assert(
      fc.property(anyGate, fc.array(anyMessage, { maxLength: 12 }), fc.nat(), (at, sent, later) => {
        const accepted = send(at, sent, (index) => index);
        for (const [count] of accepted.entries()) {
          const before = gateState(at, accepted.slice(0, count), 0);
          if (before.kind === 'open' || before.kind === 'rejected')
            expect(gateState(at, accepted, later)).toEqual(before);
        }
      }),
    );
  });

  it('answers every refusal with a reason', () => {
    fc.assert(
      fc.property(anyGate, fc.array(anyMessage, { maxLength: 4 }), anyMessage, (at, before, message) => {
        const answer = decide(at, send(at, before), message, now);
        if (answer.kind === 'refused') expect(answer.reason).toMatch(/send|start again/);
      }),
    );
  });
});

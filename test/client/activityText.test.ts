/** What goes on, for people: what waits and what to type. */
import { describe, expect, it } from 'vitest';
import { activityItems, waitingForPeople } from '../../client/cli/activityText.js';
import { moduleToAccept } from '../../client/cli/commands/gates.js';
import type { Run } from '../../client/cli/runs.js';
import type { RunStatus } from '../../workflows/messages.js';

const standing: RunStatus = { target: '11.41.0', step: 'server', gate: null, paused: null, refusals: [] };

function upgrade(status: Partial<RunStatus> | null): Run {
  return {
    workflowId: 'upgrade/acme/environments/Development',
    runId: '1',
    procedure: 'upgrade',
    state: 'running',
    started: '2026-03-01T10:00:00.000Z',
    release: '11.41.0',
    step: status?.step ?? 'server',
    status: status && { ...standing, ...status },
    retrying: [],
    link: null,
  };
}

function textOf(...runs: readonly Run[]): string {
  const activity = { environment: 'Development', runs, preparation: null, deployment: null };
  return activityItems(activity)
    .map(({ text }) => text)
    .join('\n');
}

describe('what goes on', () => {
  it('a run that works says where it is', () => {
    expect(textOf(upgrade({}))).toBe('Development: upgrade to 11.41.0, step server');
    expect(waitingForPeople([upgrade({})])).toBeUndefined();
  });

  it('a run whose workers are gone says so', () => {
    expect(textOf(upgrade(null))).toContain('no worker answers: uplift doctor');
  });

  it('a gate shows what it asks and the commands that answer it', () => {
    const gate = {
      name: 'applications',
      approvalsMissing: 1,
      asks: ['24 modules prepared successfully, 1 modules failed and 2 modules skipped'],
      approve: { gate: 'applications', plan: 'p', token: 't', approver: '', accept: ['@acme/feedback'] },
    };
    const run = upgrade({ step: 'applications', gate });
    expect(waitingForPeople([run])).toBe(run);
    expect(textOf(run).split('\n')).toEqual([
      'Development: upgrade to 11.41.0, step applications',
      'Development: waits for an approval of the gate applications',
      '  24 modules prepared successfully, 1 modules failed and 2 modules skipped',
      '  uplift retry Development',
      '  uplift approve Development --gate applications --as NAME --accept @acme/feedback --reason WHY',
      '  uplift reject Development --gate applications --as NAME --reason WHY',
    ]);
  });

  it('what a gate asks to be accepted is typed as it stands there; a module without its scope', () => {
    const all = 'all 11 failed modules (0f3a)';
    const modules = ['@acme/feedback', '@acme/orders'];
    const gate = { name: 'applications', approvalsMissing: 1, asks: [], approve: { accept: [all] } };
    expect(moduleToAccept('Development', modules, gate, all)).toBe(all);
    expect(moduleToAccept('Development', modules, gate, 'feedback')).toBe('@acme/feedback');
    expect(() => moduleToAccept('Development', modules, gate, 'feedbak')).toThrow('has no module feedbak');
  });

  it('a paused run says who paused it, why, and how it goes on', () => {
    const run = upgrade({ paused: { by: 'ana', reason: 'slow front ends' } });
    expect(waitingForPeople([run])).toBe(run);
    expect(textOf(run)).toContain('paused by ana: slow front ends');
    expect(textOf(run)).toContain('uplift resume Development --run upgrade --as NAME --reason WHY');
  });

  it('an upgrade waits with its preparation when that is paused, and not with another', () => {
    const paused = { by: 'ana', reason: 'slow front ends' };
    const preparation: Run = { ...upgrade({ paused }), procedure: 'prepare' };
    expect(waitingForPeople([upgrade({ step: 'preparation' }), preparation])).toBe(preparation);
    expect(waitingForPeople([upgrade({ step: 'window' }), preparation])).toBeUndefined();
  });

  it('a step that fails and is tried again says why', () => {
    const retrying = [{ activity: 'takeSnapshot', attempt: 3, failure: 'ENOSPC: no space left on device' }];
    expect(textOf({ ...upgrade({ step: 'snapshot' }), retrying })).toContain(
      'Development: takeSnapshot fails and is tried again (attempt 3): ENOSPC: no space left on device',
    );
  });

  it('a message that was refused is shown without the JSON to send: the command stands above', () => {
    const refusals = ['approve: bob is not among its approvers: ana can send {"gate":"plan","plan":"p"'];
    expect(textOf(upgrade({ refusals }))).toContain('refused approve: bob is not among its approvers: ana');
    expect(textOf(upgrade({ refusals }))).not.toContain('{');
  });

  it('a message that was refused is shown with the reason', () => {
    expect(textOf(upgrade({ refusals: ['approve: the plan is another'] }))).toContain(
      'refused approve: the plan is another',
    );
  });

  it('PREP-10 a preparation shows percent, counts and the time that is left', () => {
    const preparation = {
      preparation: 3,
      environment: 'Development',
      release: '11.41.0',
      scope: 'unfinished' as const,
      status: 'running' as const,
      requestedBy: 'ana',
      startedAt: '2026-03-01T10:00:00.000Z',
      endedAt: null,
      groups: 2,
      prepared: 12,
      preparedInIt: 12,
      failed: 1,
      skipped: 2,
      notApplicable: 0,
      left: 15,
      percent: 50,
      timeLeft: 150_000,
      meanTimes: null,
      failures: [],
    };
    const activity = { environment: 'Development', runs: [], preparation, deployment: null };
    const [item] = activityItems(activity);
    expect(item?.key).not.toBe(activityItems({ ...activity, environment: 'Production' })[0]?.key);
    expect(item?.text).toBe(
      'Development: preparation 50 %: 12 prepared, 1 failed, 2 skipped, 15 to do, about 3 min left',
    );
  });
});

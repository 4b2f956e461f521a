/** The demonstration at a gate: whoever may not approve is told who may, and somebody is asked again. */
import { once } from 'node:events';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { answerGate } from '../../client/local/demo/answers.js';
import type { Demonstration } from '../../client/local/demo/demonstration.js';

const gate = {
  name: 'plan',
  approvalsMissing: 1,
  asks: ['acme#1: Development to 11.41.0'],
  approve: { gate: 'plan', plan: 'p', token: 't', approver: 'YOUR NAME' },
};

/** A run of which `ana` alone may open the gate, and people who name themselves one after the other; `elsewhere`: it was opened there. */
function atGate(names: readonly (string | undefined)[], elsewhere: { opened: boolean } = { opened: false }) {
  const said: string[] = [];
  const told: (string | undefined)[] = [];
  const executeUpdate = async (_: string, { args: [{ approver }] }: { args: [{ approver: string }] }) => {
    if (approver === 'ana') return;
    const why = `${approver} is not among its approvers: ana can send {"gate":"plan","plan":"p","token":"t","approver":""}`;
    throw new WorkflowUpdateFailedError('failed', ApplicationFailure.nonRetryable(why, 'MESSAGE_REFUSED'));
  };
  const handle = {
    executeUpdate,
    describe: async () => ({ status: { name: 'RUNNING' } }),
    query: async () => ({ gate: elsewhere.opened ? null : gate }),
  };
  const demonstration = {
    client: { workflow: { getHandle: () => handle } },
    run: { infrastructure: 'acme' },
    signal: new AbortController().signal,
    say: (line: string) => said.push(line),
    approver: async (_: string, refused: string | undefined, answered: AbortSignal) => {
      told.push(refused);
      if (told.length <= names.length) return names[told.length - 1];
      elsewhere.opened = true;
      await once(answered, 'abort');
      return undefined;
    },
  } as unknown as Demonstration;
  const answer = answerGate(demonstration, { workflowId: 'upgrade/acme', environment: null }, gate);
  return { answer, said, told };
}

describe('the demonstration at a gate', () => {
  it('says who may approve when somebody else has named themselves, without JSON, and asks again', async () => {
    const { answer, said, told } = atGate(['bob', 'ana']);
    expect(await answer).toBe('answered');
    expect(told).toEqual([undefined, 'bob is not among its approvers: ana']);
    expect(said).toEqual([
      '  acme#1: Development to 11.41.0',
      '  bob is not among its approvers: ana',
      'acme: plan approved by ana',
    ]);
  });

  it('asks no longer when somebody has answered elsewhere meanwhile, and goes on', async () => {
    const { answer, said } = atGate([]);
    expect(await answer).toBe('answered');
    expect(said.at(-1)).toBe('acme: the gate plan waits no more: it was answered elsewhere');
  });

  it('leaves the gate as it is when nobody wants to approve', async () => {
    const { answer, said } = atGate([undefined]);
    expect(await answer).toBe('nobody approves');
    expect(said).toEqual(['  acme#1: Development to 11.41.0']);
  });
});

/**
 * Messages to a gate, decided and recorded as evidence. The gate's token is this run's id and is compared here only: the answer is
 * history, so a reset replays it, while messages that the reset applies again meet the new run and are refused. Key: run and
 * activity.
 */
import { activityInfo } from '@temporalio/activity';
import { decide, type Gate, type GateMessage } from '../domain/gate.js';
import { entriesLeft, testsToSign } from '../domain/infrastructurePlan.js';
import { loadPlan } from '../store/upgrades.js';
import { explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { keepEvidence } from './evidence.js';

/** A gate as a workflow describes it: without the token, which it must not compare. */
export type OpenGate = Omit<Gate, 'token' | 'toAccept'>;

export interface ReceivedMessage {
  readonly upgrade: string;
  readonly environment: string;
  /** Null: no gate waits. */
  readonly gate: OpenGate | null;
  /** What counted before, in order. */
  readonly accepted: readonly GateMessage[];
  readonly message: GateMessage;
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
}

/** Null: accepted. */
export interface MessageAnswer {
  readonly refusal: string | null;
}

export const messageActivities = ({ platform, store }: Dependencies) => ({
  /** A message that was no message: its shape is wrong. */
  recordRefused: explained(
    async ({
      upgrade,
      name,
      refusal,
      payload,
    }: {
      upgrade: string;
      name: string;
      refusal: string;
      payload: unknown;
    }): Promise<void> => {
      await keepEvidence(store, { upgrade, name, payload, refusal });
    },
  ),

  recordMessage: explained(
    async ({ upgrade, environment, gate, accepted, message, now }: ReceivedMessage): Promise<MessageAnswer> => {
      const refusal = gate
        ? await answer({ ...gate, token: activityInfo().workflowExecution?.runId ?? '' })
        : 'No gate waits for an answer now: nothing is left to send';
      const { kind, ...payload } = message;
      return { refusal: await keepEvidence(store, { upgrade, name: kind, payload, refusal }) };

      async function answer(open: Gate): Promise<string | null> {
        const toAccept = message.kind === 'approve' ? await namesToAccept(open) : [];
        const answered = decide({ ...open, toAccept }, accepted, message, now);
        return answered.kind === 'refused' ? answered.reason : null;
      }

      async function namesToAccept({ name, planHash }: Gate): Promise<readonly string[]> {
        if (name === 'applications') return failedModules();
        if (name !== 'plan' && name !== 'tests') return [];
        const plan = await loadPlan(store, planHash);
        return name === 'plan' ? entriesLeft(plan) : testsToSign(plan, environment);
      }

      async function failedModules(): Promise<string[]> {
        const modules = await platform.inventory.modules(environment);
        return modules.filter(({ state }) => state === 'failed').map(({ name }) => name);
      }
    },
  ),
});

/** People as an upgrade meets them: they see at which gate a run waits, and send it signals. */
import { type Client, QueryNotRegisteredError, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { RunStatus } from '../../workflows/messages.js';
import { until } from '../e2e/until.js';

export interface People {
  readonly see: (workflowId: string) => Promise<RunStatus>;
  /** Resolves once the run waits at the gate. */
  readonly findAtGate: (workflowId: string, gate: string) => Promise<RunStatus>;
  /** Resolves once the approval has been counted: one less is missing, or the gate is open. */
  readonly approve: (
    workflowId: string,
    gate: string,
    approver: string,
    reasons?: { readonly accept?: readonly string[]; readonly reason: string },
  ) => Promise<void>;
  /** Why the run does not take it. */
  readonly refusalOf: (workflowId: string, gate: string, approver: string) => Promise<string>;
  readonly send: (workflowId: string, signal: string, payload: Readonly<Record<string, unknown>>) => Promise<void>;
}

/** There is no run, or its first task is still under way. */
function notBegun(error: unknown): undefined {
  if (!(error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError)) throw error;
}

export function peopleWith({ workflow }: Client): People {
  return { see, findAtGate, approve, refusalOf, send };

  async function see(workflowId: string): Promise<RunStatus> {
    const run: WorkflowHandle = workflow.getHandle(workflowId);
    return run.query<RunStatus, []>('status');
  }

  async function findAtGate(workflowId: string, gate: string): Promise<RunStatus> {
    const isThere = async () => {
      const status = await see(workflowId).catch(notBegun);
      return status?.gate?.name === gate && status;
    };
    return until(`gate ${gate} of ${workflowId}`, isThere);
  }

  async function approve(workflowId: string, name: string, approver: string, reasons = {}): Promise<void> {
    const { gate } = await findAtGate(workflowId, name);
    await send(workflowId, 'approve', { ...gate?.approve, approver, ...reasons });
    const counted = async () => {
      const { gate: now } = await see(workflowId);
      return now?.name !== name || now.approvalsMissing < (gate?.approvalsMissing ?? 0);
    };
    await until(`approval of ${approver} at gate ${name}`, counted);
  }

  async function refusalOf(workflowId: string, name: string, approver: string): Promise<string> {
    const { gate } = await findAtGate(workflowId, name);
    const args: [unknown] = [{ ...gate?.approve, approver }];
    const answer = await workflow
      .getHandle(workflowId)
      .executeUpdate('approve', { args })
      .catch((error: Error) => error.cause);
    return answer instanceof Error ? answer.message : 'taken';
  }

  async function send(workflowId: string, signal: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
    await workflow.getHandle(workflowId).signal(signal, payload);
  }
}

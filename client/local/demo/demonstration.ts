/** What every part of the demonstration knows: what it was asked for, and the runs that it drives. */
import type { Client } from '@temporalio/client';
import type { RunFile, RunFileEnvironment } from '../../../store/runFile.js';
import type { RunStatus } from '../../../workflows/messages.js';
import type { PatientCenter } from './centers.js';
import type { Fix } from './fixes.js';
import type { Prober } from './prober.js';

export interface DemoOptions {
  readonly dataFolder: string;
  readonly run: RunFile;
  readonly client: Client;
  readonly factory: string;
  readonly to: string;
  /** Takes Production back instead of letting users in. */
  readonly rollback: boolean;
  /**
   * Who approves; asked each time, with what it is about, and with why the one who was named before may not. `undefined`: nobody
   * does, or `answered` has aborted because somebody has answered elsewhere. Rejects when the demonstration is to end.
   */
  readonly approver: (
    question: string,
    refused: string | undefined,
    answered: AbortSignal,
  ) => Promise<string | undefined>;
  /** Nobody approves: it ends there, instead of following what people answer elsewhere. */
  readonly exit: boolean;
  readonly say: (line: string) => void;
  /** One line that changes while work goes on. */
  readonly live: (line: string) => void;
  readonly signal: AbortSignal;
}

/** As what it asks for things; approvals come from somebody else. */
export const requester = 'demo';

/** Milliseconds between two looks. */
export const lookEvery = 300;

export interface Demonstration extends DemoOptions {
  readonly centers: ReadonlyMap<string, PatientCenter>;
  readonly probers: ReadonlyMap<string, Prober>;
  readonly fixes: ReadonlyMap<string, Fix>;
  /** Modules whose correction was tried, by environment and name: each once. */
  readonly tried: Set<string>;
  /** Gates that nobody here approves, by run and gate: they are not asked about again. */
  readonly left: Set<string>;
}

/** A run of the upgrade that may wait for people. */
export interface Run {
  readonly workflowId: string;
  /** Null: the infrastructure's own. */
  readonly environment: RunFileEnvironment | null;
}

/** Undefined while the run does not exist, has ended, or no worker answers. */
export async function askStatus(client: Client, workflowId: string): Promise<RunStatus | undefined> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    if ((await handle.describe()).status.name !== 'RUNNING') return undefined;
    return await handle.query<RunStatus, []>('status');
  } catch {
    return undefined;
  }
}

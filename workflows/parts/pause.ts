/** Pause and resume of a run, forwarded to the runs it has started or joined. */
import { condition, getExternalWorkflowHandle, log, upsertSearchAttributes } from '@temporalio/workflow';
import { nobody, waitingForKey } from '../../contract/searchAttributes.js';
import type { PauseRequest, ResumeRequest } from '../../domain/messages/message.js';
import { type Message, onMessage, pause, type Refusal, resume } from '../messages.js';
import { type Refuse, whyFull } from './refusals.js';

/** As a run that continues as new hands it on. */
export interface PausedFrom {
  readonly pausedBy?: string | undefined;
  readonly pauseReason?: string | undefined;
}

export interface PauseControl {
  /** For the input of the run that continues this one. */
  readonly handOn: () => PausedFrom;
  readonly paused: () => { readonly by: string; readonly reason: string } | null;
  /** Resolves at once unless the run is paused; then when it is resumed, or when `released` says so. */
  readonly clear: (released?: () => boolean) => Promise<void>;
  /** Sends a message on to what this run has started or joined. */
  readonly forward: <T>(message: Message<T>, value: T) => Promise<void>;
  /** While `work` goes on in the run `workflowId`, a pause of this one is a pause of that one. */
  readonly forwarding: <T>(workflowId: string, work: () => Promise<T>) => Promise<T>;
}

/** `waitingFor`: what the run waits for from people when it is not paused. */
export function pausable(
  changed: () => void,
  refused: Refuse,
  waitingFor: () => string = () => nobody,
  { pausedBy, pauseReason = '' }: PausedFrom = {},
): PauseControl {
  let paused = pausedBy === undefined ? null : { by: pausedBy, reason: pauseReason };
  const forwardTo = new Set<string>();

  async function forward<T>(message: Message<T>, value: T): Promise<void> {
    for (const workflowId of forwardTo) {
      try {
        await getExternalWorkflowHandle(workflowId).signal(message.name, value);
      } catch (error) {
        log.info('not forwarded: the run has ended', { workflowId, message: message.name, error: String(error) });
      }
    }
  }

  async function onPause(value: PauseRequest): Promise<Refusal> {
    paused = { by: value.requestedBy ?? 'unknown', reason: value.reason ?? 'no reason given' };
    upsertSearchAttributes([{ key: waitingForKey, value: 'resume' }]);
    changed();
    await forward(pause, value);
    return undefined;
  }

  async function onResume(value: ResumeRequest): Promise<Refusal> {
    paused = null;
    upsertSearchAttributes([{ key: waitingForKey, value: waitingFor() }]);
    changed();
    await forward(resume, value);
    return undefined;
  }

  onMessage(pause, { receive: onPause, refusal: whyFull, refused });
  onMessage(resume, { receive: onResume, refusal: () => (paused ? undefined : whyFull()), refused });

  return {
    handOn: () => (paused ? { pausedBy: paused.by, pauseReason: paused.reason } : {}),
    paused: () => paused,
    clear: (released = () => false) => condition(() => paused === null || released()),
    forward,
    forwarding: async (workflowId, work) => {
      forwardTo.add(workflowId);
      try {
        return await work();
      } finally {
        forwardTo.delete(workflowId);
      }
    },
  };
}

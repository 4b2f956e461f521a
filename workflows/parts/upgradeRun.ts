/** What every step of an upgrade shares: where it stands, what people are shown, pause and gates. Registers every handler. */
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Planned } from '../../activities/planning.js';
import type { UpgradeEnvironmentInput } from '../../domain/message.js';
import { type RunStatus, status } from '../messages.js';
import { environmentAttributes, releaseKey, stepKey } from '../searchAttributes.js';
import { approvalToSend, upgradeDetails } from './details.js';
import { type GateOutcome, type Gates, gates } from './gate.js';
import { type PauseControl, pausable } from './pause.js';

export interface UpgradeRun extends Pick<PauseControl, 'clear' | 'forwarding'> {
  readonly planned: (planned: Planned) => void;
  readonly step: (step: string) => void;
  readonly open: (
    gate: string,
    asks: readonly string[],
    options?: Parameters<Gates['open']>[2],
  ) => Promise<GateOutcome>;
}

/** Refusals shown in the details; evidence keeps them all. */
const shownRefusals = 3;

export function upgradeRun(request: UpgradeEnvironmentInput): UpgradeRun {
  let step = 'plan';
  let planned: Planned | undefined;
  const refusals: string[] = [];

  const show = () =>
    setCurrentDetails(
      upgradeDetails({
        request,
        planned,
        step,
        gate: waiting.waiting(),
        paused: controls.paused(),
        refusals,
        token: workflowInfo().runId,
      }),
    );
  const refused = (message: string, reason: string) => {
    refusals.push(`${message}: ${reason}`);
    if (refusals.length > shownRefusals) refusals.shift();
    show();
  };
  const controls = pausable(show, refused);
  const waiting = gates(() => ({ upgrade: planned?.upgrade ?? '', environment: request.environment }), show, refused);
  setHandler(status, (): RunStatus => {
    const gate = waiting.waiting();
    return {
      step,
      target: request.to,
      gate: gate
        ? {
            name: gate.gate.name,
            approvalsMissing: gate.missing,
            asks: gate.asks,
            approve: approvalToSend(gate, workflowInfo().runId),
          }
        : null,
      paused: controls.paused(),
      refusals,
    };
  });
  upsertSearchAttributes([
    ...environmentAttributes(request.infrastructure, request.environment),
    { key: releaseKey, value: request.to },
    { key: stepKey, value: step },
  ]);
  show();

  return {
    clear: controls.clear,
    forwarding: controls.forwarding,
    planned: (value) => {
      planned = value;
      show();
    },
    step: (next) => {
      step = next;
      upsertSearchAttributes([{ key: stepKey, value: step }]);
      show();
    },
    open: (name, asks, options) => {
      const quorum = planned?.plan.gates.find((gate) => gate.name === name)?.quorum ?? 1;
      const requester = request.requestedBy;
      return waiting.open(
        {
          name,
          planHash: planned?.hash ?? '',
          quorum,
          excludeRequester: false,
          ...(requester === undefined ? {} : { requester }),
        },
        asks,
        options,
      );
    },
  };
}

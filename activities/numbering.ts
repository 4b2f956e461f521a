/** The number of an upgrade, and who asked for it. */
import { activityInfo } from '@temporalio/activity';
import { samePerson } from '../domain/gates/person.js';
import type { Store } from '../store/store.js';
import { joinUpgradeOf, numberUpgrade, requestersBefore, upgradeRecord } from '../store/upgrades.js';
import type { Dependencies } from './dependencies.js';
import type { RunRequest } from './planRequest.js';

export async function upgradeNumber(
  { store }: Dependencies,
  request: RunRequest,
  plan: string,
  environment: string,
): Promise<string> {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  const { infrastructure } = request;
  const asked = askedWith(request);
  const requestedBy = await requesterOf(store, request, runId);
  const record = { infrastructure, environment, workflow: workflowId, run: runId, plan, requestedBy, request: asked };
  return (await numberUpgrade(store, record)).upgrade;
}

/** The upgrade of the run that has started this one, when it works from the same plan. */
export async function upgradeOfParent(
  { store }: Dependencies,
  request: RunRequest,
  plan: string,
): Promise<string | undefined> {
  if (request.parent === undefined) return undefined;
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  const { infrastructure } = request;
  const asked = askedWith(request);
  const upgrade = await joinUpgradeOf(store, request.parent, {
    run: runId,
    infrastructure,
    workflow: workflowId,
    request: asked,
  });
  return upgrade !== undefined && (await upgradeRecord(store, upgrade))?.plan === plan ? upgrade : undefined;
}

/** What people typed. */
function askedWith({ now, stated, parent, ...asked }: RunRequest): unknown {
  return asked;
}

/**
 * Who asks for it; null when that is not known. A start form of the Temporal UI copies the input of an earlier run, and with it who
 * asked for that one: a request from a form that names whom an earlier one names, names nobody. Clients of ours say who asks.
 */
async function requesterOf(
  store: Store,
  { infrastructure, requestedBy, stated }: RunRequest,
  run: string,
): Promise<string | null> {
  if (requestedBy === undefined || stated) return requestedBy ?? null;
  const before = await requestersBefore(store, { infrastructure, run });
  return before.some((other) => samePerson(other, requestedBy)) ? null : requestedBy;
}

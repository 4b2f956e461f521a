/** The plan of an upgrade, for people to read before anything starts: made and kept by its hash. Nothing is begun. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { PlanSummary } from '../activities/planning.js';
import { infrastructureKey, stepKey } from '../contract/searchAttributes.js';
import { inputs } from '../domain/messages/message.js';
import { makePlan } from './activities.js';
import { accepted } from './parts/refusal.js';

export async function planInfrastructure(input: unknown): Promise<PlanSummary> {
  const request = accepted(inputs.planInfrastructure.check(input));
  upsertSearchAttributes([
    { key: infrastructureKey, value: request.infrastructure },
    { key: stepKey, value: 'plan' },
  ]);
  return makePlan.executeWithOptions({ summary: `analyse and plan ${request.infrastructure}` }, [
    { ...request, now: Date.now() },
  ]);
}

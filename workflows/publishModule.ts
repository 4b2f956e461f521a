/** Publishes the newest uploaded source of one module, through the environment's Service Center (APPS-01). */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { environmentAttributes, stepKey } from '../contract/searchAttributes.js';
import { inputs } from '../domain/messages/message.js';
import type { Publication } from '../port/publishing.js';
import { publishThroughServiceCenter } from './activities.js';
import { accepted } from './parts/refusal.js';

export async function publishModule(input: unknown): Promise<Publication> {
  const request = accepted(inputs.publishModule.check(input));
  upsertSearchAttributes([
    ...environmentAttributes(request.infrastructure, request.environment),
    { key: stepKey, value: 'publish' },
  ]);
  setCurrentDetails(`Publishing **${request.module}** in ${request.environment}`);
  const publication = await publishThroughServiceCenter.executeWithOptions({ summary: `publish ${request.module}` }, [
    request,
  ]);
  upsertSearchAttributes([{ key: stepKey, value: 'done' }]);
  return publication;
}

/** The nightly Deploy All: prepares what is pending and deploys what is prepared, unless somebody holds the environment. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { inputs } from '../domain/message.js';
import type { DeploymentReport, PreparationReport } from '../platform/port.js';
import { environmentFacts } from './activities.js';
import { deployAll, prepareAll } from './parts/applications.js';
import { accepted } from './parts/refusal.js';
import { environmentAttributes, stepKey } from './searchAttributes.js';

export type NightlyReport =
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'done'; readonly preparation: PreparationReport; readonly deployment: DeploymentReport };

export async function nightlyDeployAll(input: unknown): Promise<NightlyReport> {
  const request = accepted(inputs.nightlyDeployAll.check(input));
  upsertSearchAttributes([
    ...environmentAttributes(request.infrastructure, request.environment),
    { key: stepKey, value: 'nightly' },
  ]);

  const { hold } = await environmentFacts.executeWithOptions({ summary: `who holds ${request.environment}?` }, [
    request,
  ]);
  if (hold) {
    const reason = `the ${hold.operation} ${hold.workflow} to ${hold.release} has held ${request.environment} since ${hold.since}`;
    setCurrentDetails(`**Skipped**: ${reason}`);
    return { kind: 'skipped', reason };
  }
  const by = { ...request, requestedBy: 'nightly Deploy All' };
  const preparation = await prepareAll(by);
  const deployment = await deployAll(by);
  return { kind: 'done', preparation, deployment };
}

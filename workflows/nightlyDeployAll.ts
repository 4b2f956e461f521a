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
    const { operation, workflow, release, since } = hold;
    return skipped(`the ${operation} ${workflow} to ${release} has held ${request.environment} since ${since}`);
  }
  const by = { ...request, requestedBy: 'nightly Deploy All' };
  const preparation = await prepareAll(by);
  if (preparation === null) return skipped('the preparation was cancelled');
  const deployment = await deployAll(by);
  return deployment === null ? skipped('Deploy All was cancelled') : { kind: 'done', preparation, deployment };
}

function skipped(reason: string): NightlyReport {
  setCurrentDetails(`**Skipped**: ${reason}`);
  return { kind: 'skipped', reason };
}

/**
 * The nightly Deploy All: prepares what is pending and deploys what is prepared, unless a freeze is on or somebody holds the environment.
 * Nobody attends to it, so it gives way: an upgrade or a rollback that takes the environment meanwhile ends what it has begun.
 */
import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { environmentAttributes, stepKey } from '../contract/searchAttributes.js';
import { inputs } from '../domain/messages/message.js';
import type { DeploymentReport } from '../port/deployment.js';
import type { PreparationReport } from '../port/preparation.js';
import { whyNotTonight } from './activities.js';
import { deployAll, prepareAll } from './parts/applications.js';
import { accepted } from './parts/refusal.js';

export type NightlyReport =
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'done'; readonly preparation: PreparationReport; readonly deployment: DeploymentReport };

export async function nightlyDeployAll(input: unknown): Promise<NightlyReport> {
  const request = accepted(inputs.nightlyDeployAll.check(input));
  upsertSearchAttributes([
    ...environmentAttributes(request.infrastructure, request.environment),
    { key: stepKey, value: 'nightly' },
  ]);
  const whyNot = () =>
    whyNotTonight.executeWithOptions({ summary: `may ${request.environment} be touched tonight?` }, [
      { ...request, now: Date.now() },
    ]);
  const by = { ...request, requestedBy: 'nightly Deploy All', unattended: 'yes' } as const;
  try {
    const before = await whyNot();
    if (before !== null) return skipped(before);
    const preparation = await prepareAll(by);
    if (preparation === null) return skipped('the preparation was cancelled');
    const between = await whyNot();
    if (between !== null) return skipped(between);
    const deployment = await deployAll(by);
    return deployment === null ? skipped('Deploy All was cancelled') : { kind: 'done', preparation, deployment };
  } catch (error) {
    const holder = whoHolds(error);
    if (holder === undefined) throw error;
    return skipped(holder);
  }
}

function skipped(reason: string): NightlyReport {
  setCurrentDetails(`**Skipped**: ${reason}`);
  return { kind: 'skipped', reason };
}

/** What its own preparation or deployment gave way to; undefined: it failed for another reason. */
function whoHolds(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type === 'ENVIRONMENT_HELD') return cause.message;
  }
  return undefined;
}

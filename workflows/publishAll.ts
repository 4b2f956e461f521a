/**
 * Publish all (APPS-02): one solution with every module that was ever published, compiled and deployed. Failures are listed; once
 * they are fixed the whole solution is published again.
 */
import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { environmentAttributes, stepKey } from '../contract/searchAttributes.js';
import { inputs } from '../domain/messages/message.js';
import type { DeploymentReport } from '../port/deployment.js';
import type { PreparationReport } from '../port/preparation.js';
import { deployAll, prepareAll } from './parts/applications.js';
import { accepted } from './parts/refusal.js';

export interface SolutionReport {
  readonly compiled: PreparationReport;
  /** Null: nothing was deployed, for modules failed. */
  readonly deployed: DeploymentReport | null;
}

export async function publishAll(input: unknown): Promise<SolutionReport> {
  const request = accepted(inputs.publishAll.check(input));
  upsertSearchAttributes([
    ...environmentAttributes(request.infrastructure, request.environment),
    { key: stepKey, value: 'publish all' },
  ]);
  setCurrentDetails(`**Publish all of ${request.environment}**: every module is compiled, then deployed`);
  const compiled = await prepareAll({ ...request, scope: 'everything' });
  if (compiled === null) throw cancelled('compilation');
  const complete = compiled.failed + compiled.skipped === 0;
  const deployed = complete ? await deployAll({ ...request, as: 'solution' }) : null;
  if (complete && deployed === null) throw cancelled('deployment');
  upsertSearchAttributes([{ key: stepKey, value: 'done' }]);
  return { compiled, deployed };
}

function cancelled(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The ${what} of the solution was cancelled. Publish all again: it goes on with what is left`,
    'STOPPED',
  );
}

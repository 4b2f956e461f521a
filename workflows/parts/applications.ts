/** Preparation and Deploy All as a step of another procedure: started, or joined when somebody else has started them. */
import type { DeploymentReport, PreparationReport } from '../../platform/port.js';
import { deployModules } from '../deployModules.js';
import { ids } from '../ids.js';
import { prepareModules } from '../prepareModules.js';
import type { PauseControl } from './pause.js';
import { startOrJoin } from './startOrJoin.js';

interface Request {
  readonly infrastructure: string;
  readonly environment: string;
  readonly requestedBy?: string;
  readonly release?: string;
}

const alone: Pick<PauseControl, 'forwarding'> = { forwarding: (_, work) => work() };

/** Until the environment's preparation has ended with a report, whoever started it. */
export async function prepareAll(request: Request, { forwarding } = alone): Promise<PreparationReport> {
  const workflowId = ids.prepare(request.infrastructure, request.environment);
  for (;;) {
    const report = await forwarding(workflowId, () =>
      startOrJoin({
        workflow: prepareModules,
        workflowId,
        input: request,
        summary: `Prepare the modules of ${request.environment}`,
      }),
    );
    if (report && (request.release === undefined || report.release === request.release)) return report;
  }
}

export async function deployAll(
  { release: _, ...request }: Request,
  { forwarding } = alone,
): Promise<DeploymentReport> {
  const workflowId = ids.deploy(request.infrastructure, request.environment);
  for (;;) {
    const report = await forwarding(workflowId, () =>
      startOrJoin({
        workflow: deployModules,
        workflowId,
        input: request,
        summary: `Deploy All of ${request.environment}`,
      }),
    );
    if (report) return report;
  }
}

/** Preparation and Deploy All as a step of another procedure: started, or joined when somebody else has started them. */

import { ids } from '../../contract/ids.js';
import { isOn } from '../../domain/releases/version.js';
import type { DeploymentReport } from '../../port/deployment.js';
import type { PreparationReport } from '../../port/preparation.js';
import { deployModules } from '../deployModules.js';
import { prepareModules } from '../prepareModules.js';
import type { PauseControl } from './pause.js';
import { startOrJoin } from './startOrJoin.js';

interface Request {
  readonly infrastructure: string;
  readonly environment: string;
  readonly requestedBy?: string;
  /** Gives way to whoever holds the environment: its run fails with ENVIRONMENT_HELD then, and so does this. */
  readonly unattended?: 'yes';
}

const alone: Pick<PauseControl, 'forwarding'> = { forwarding: (_, work) => work() };

/**
 * Until the environment is prepared as it is asked for here; null when somebody cancelled that. Joined work is not done work: one that
 * others started may have been about less, or about another release.
 */
export async function prepareAll(
  request: Request & {
    readonly release?: string;
    readonly scope?: 'unfinished' | 'everything';
    readonly upgrade?: string;
  },
  { forwarding } = alone,
): Promise<PreparationReport | null> {
  const workflowId = ids.prepare(request.infrastructure, request.environment);
  const summary = `Prepare the modules of ${request.environment}`;
  for (;;) {
    const outcome = await forwarding(workflowId, () =>
      startOrJoin({ workflow: prepareModules, workflowId, input: request, summary }),
    );
    if (outcome.kind === 'cancelled') return null;
    if (outcome.kind === 'completed' && isAskedFor(outcome.report, request)) return outcome.report;
  }
}

function isAskedFor(
  { release, scope, left }: PreparationReport,
  asked: { readonly release?: string; readonly scope?: 'unfinished' | 'everything' },
): boolean {
  const wide = asked.scope !== 'everything' || scope === 'everything';
  return left === 0 && wide && (asked.release === undefined || isOn(release, asked.release));
}

/**
 * Until Deploy All, or the solution, has deployed what is prepared now; null when somebody cancelled that. One that others started may
 * have been opened before the preparation ended: unless nothing at all is left, it is followed by an own one.
 */
export async function deployAll(
  request: Request & { readonly as?: 'deploy all' | 'solution' },
  { forwarding } = alone,
): Promise<DeploymentReport | null> {
  const workflowId = ids.deploy(request.infrastructure, request.environment);
  const summary = `Deploy the modules of ${request.environment}`;
  for (;;) {
    const outcome = await forwarding(workflowId, () =>
      startOrJoin({ workflow: deployModules, workflowId, input: request, summary }),
    );
    if (outcome.kind === 'cancelled') return null;
    if (outcome.kind !== 'completed' || outcome.report.left > 0) continue;
    if (outcome.own || outcome.report.fullyUpgraded) return outcome.report;
  }
}

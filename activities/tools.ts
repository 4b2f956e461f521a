/** Development tools: who has to install which. Key: run and activity. */

import { knowledge } from '../domain/knowledge/knowledge.js';
import { type NewestTool, newestTools } from '../domain/releases/components.js';
import { loadPlan } from '../store/plans.js';
import { explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { keepEvidence } from './evidence.js';
import { environmentOf } from './planToFollow.js';

interface ToolsRequest {
  readonly upgrade: string;
  /** Its hash: it names who develops there. */
  readonly plan: string;
  readonly environment: string;
}

export interface ToolsReport {
  /** How many have to install them, and at most ten of their names; evidence has all. Nobody is notified. */
  readonly concerned: number;
  readonly developers: readonly string[];
  readonly newest: readonly NewestTool[];
}

const named = 10;

export const toolActivities = ({ store }: Dependencies) => ({
  /** Evidence of who has to install what (EXEC-01); nobody is notified. The newest of each tool matches every release (COMP-01). */
  recordTools: explained(async ({ upgrade, plan, environment }: ToolsRequest): Promise<ToolsReport> => {
    const tools = newestTools(knowledge.toolReleases);
    const { to: release, developers } = environmentOf(await loadPlan(store, plan), environment);
    await keepEvidence(store, {
      upgrade,
      environment,
      name: 'tools',
      payload: { environment, release, developers, tools },
    });
    return { concerned: developers.length, developers: developers.slice(0, named), newest: tools };
  }),
});

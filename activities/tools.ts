/** Development tools: who has to install which. Key: run and activity. */
import { type NewestTool, newestTools } from '../domain/components.js';
import { knowledge } from '../domain/knowledge.js';
import { loadPlan } from '../store/plans.js';
import { explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { keepEvidence } from './evidence.js';
import { environmentOf } from './planning.js';

interface ToolsRequest {
  readonly upgrade: string;
  /** Its hash: it names who develops there. */
  readonly plan: string;
  readonly environment: string;
}

export interface ToolsReport {
  /** How many were asked to install them, and at most ten of their names; evidence has all. */
  readonly asked: number;
  readonly developers: readonly string[];
  readonly newest: readonly NewestTool[];
}

const named = 10;

export const toolActivities = ({ store }: Dependencies) => ({
  /** Records who was asked for what (EXEC-01); the newest of each tool matches every release (COMP-01). */
  askForTools: explained(async ({ upgrade, plan, environment }: ToolsRequest): Promise<ToolsReport> => {
    const tools = newestTools(knowledge.toolReleases);
    const { to: release, developers } = environmentOf(await loadPlan(store, plan), environment);
    await keepEvidence(store, { upgrade, name: 'tools', payload: { environment, release, developers, tools } });
    return { asked: developers.length, developers: developers.slice(0, named), newest: tools };
  }),
});

/** Development tools: who has to install which. Key: run and activity. */
import { activityInfo } from '@temporalio/activity';
import { type NewestTool, newestTools } from '../domain/components.js';
import { knowledge } from '../domain/knowledge.js';
import { recordEvidence } from '../store/evidence.js';
import { activityKey, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface ToolsRequest {
  readonly upgrade: string;
  readonly environment: string;
  readonly release: string;
  readonly developers: readonly string[];
}

export const toolActivities = ({ store }: Dependencies) => ({
  /** Records who was asked for what (EXEC-01); the newest of each tool matches every release (COMP-01). */
  askForTools: explained(async (request: ToolsRequest): Promise<readonly NewestTool[]> => {
    const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
    const tools = newestTools(knowledge.toolReleases);
    const { upgrade, ...asked } = request;
    const record = { key: activityKey(), upgrade, workflow: workflowId, run: runId, name: 'tools', refusal: null };
    await recordEvidence(store, { ...record, payload: { ...asked, tools } });
    return tools;
  }),
});

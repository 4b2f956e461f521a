/** Development tools: who has to install which. Key: run and activity. */
import { type NewestTool, newestTools } from '../domain/components.js';
import { knowledge } from '../domain/knowledge.js';
import { explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { keepEvidence } from './evidence.js';

interface ToolsRequest {
  readonly upgrade: string;
  readonly environment: string;
  readonly release: string;
  readonly developers: readonly string[];
}

export const toolActivities = ({ store }: Dependencies) => ({
  /** Evidence of who has to install what (EXEC-01); nobody is notified. The newest of each tool matches every release (COMP-01). */
  recordTools: explained(async (request: ToolsRequest): Promise<readonly NewestTool[]> => {
    const tools = newestTools(knowledge.toolReleases);
    const { upgrade, ...due } = request;
    await keepEvidence(store, { upgrade, name: 'tools', payload: { ...due, tools } });
    return tools;
  }),
});

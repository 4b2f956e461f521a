/** Development tools: who has to install which (EXEC-01, TOOLS-01). */

import type { ToolsReport } from '../../activities/tools.js';
import { recordTools } from '../activities.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';

/** Their machines are theirs: what they have to install is written down, and the upgrade goes on (EXEC-01). */
export async function toolsToInstall(
  run: UpgradeRun,
  { upgrade, hash, plan }: StepContext,
): Promise<ToolsReport | null> {
  const { name: environment, developers } = plan;
  if (developers === 0) return null;
  run.step('tools');
  return recordTools.executeWithOptions({ summary: `${developers} developers have to install the tools` }, [
    { upgrade, plan: hash, environment },
  ]);
}

/** The workflows as one piece of code, as workers and replays load it: made by the build, made at once where the sources run themselves. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  type Logger,
  type WorkflowBundleOption,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

const fromSources = import.meta.url.endsWith('.ts');

/** Beside the compiled workflows. */
export const bundleFile = fileURLToPath(new URL('../workflows/bundle.js', import.meta.url));

export async function workflowBundle(logger: Logger): Promise<WorkflowBundleOption> {
  return !fromSources && existsSync(bundleFile) ? { codePath: bundleFile } : bundleWorkflows(logger);
}

export function bundleWorkflows(logger: Logger): Promise<WorkflowBundleWithSourceMap> {
  const index = new URL(fromSources ? '../workflows/index.ts' : '../workflows/index.js', import.meta.url);
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(index), logger });
}

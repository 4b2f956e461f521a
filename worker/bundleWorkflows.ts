/** The last step of the build: what every worker would otherwise do for seconds each time it starts. */
import { writeFileSync } from 'node:fs';
import { DefaultLogger } from '@temporalio/worker';
import { bundleFile, bundleWorkflows } from './workflowBundle.js';

const { code } = await bundleWorkflows(new DefaultLogger('WARN'));
writeFileSync(bundleFile, code);

/** The process of one environment's Service Center: `--data DIR --environment NAME`. */

// Before the others, for it has the most files: Node opens all that it has to load at once, and may have no more than 256 open.
await import('kysely');
const { runServingProcess } = await import('../../platform/embedded/servingProcess.js');
const { startLaunchingServiceCenter } = await import('./startServiceCenter.js');

await runServingProcess('environment', startLaunchingServiceCenter);

export {};

/** The process of an environment's balancer: `--data DIR --environment NAME`. */

// Before the others, for it has the most files: Node opens all that it has to load at once, and may have no more than 256 open.
await import('kysely');
const { runServingProcess } = await import('../servingProcess.js');
const { startBalancer } = await import('./balancer.js');

await runServingProcess('environment', startBalancer);

export {};

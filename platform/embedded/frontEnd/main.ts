/** The process of one front end: `--data DIR --front-end NAME`. */

// Before the others, for it has the most files: Node opens all that it has to load at once, and may have no more than 256 open.
await import('kysely');
const { runServingProcess } = await import('../servingProcess.js');
const { startFrontEnd } = await import('./frontEnd.js');

await runServingProcess('front-end', startFrontEnd);

export {};

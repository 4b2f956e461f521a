/** The process of one front end: `--data DIR --front-end NAME`. */
import { runServingProcess } from '../servingProcess.js';
import { startFrontEnd } from './frontEnd.js';

await runServingProcess('front-end', startFrontEnd);

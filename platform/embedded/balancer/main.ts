/** The process of an environment's balancer: `--data DIR --environment NAME`. */
import { runServingProcess } from '../servingProcess.js';
import { startBalancer } from './balancer.js';

await runServingProcess('environment', startBalancer);

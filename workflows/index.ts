/** Every workflow, by the name people type. */
export { deployModules } from './deployModules.js';
export { nightlyDeployAll } from './nightlyDeployAll.js';
export { prepareModules } from './prepareModules.js';
export { publishModule } from './publishModule.js';
export { upgradeEnvironment } from './upgradeEnvironment.js';

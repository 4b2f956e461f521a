/** Every workflow, by the name people type. */
export { deployModules } from './deployModules.js';
export { goLive } from './goLive.js';
export { nightlyDeployAll } from './nightlyDeployAll.js';
export { planInfrastructure } from './planInfrastructure.js';
export { prepareModules } from './prepareModules.js';
export { publishAll } from './publishAll.js';
export { publishModule } from './publishModule.js';
export { rollback } from './rollback.js';
export { upgradeEnvironment } from './upgradeEnvironment.js';
export { upgradeInfrastructure } from './upgradeInfrastructure.js';

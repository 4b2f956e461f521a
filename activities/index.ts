/** Every activity, made from what a worker has. Workflows import the type only. */
import { checkActivities } from './checks.js';
import type { Dependencies } from './dependencies.js';
import { deploymentActivities } from './deployment.js';
import { environmentActivities } from './environment.js';
import { gateActivities } from './gates.js';
import { goLiveActivities } from './goLive.js';
import { hostWatching } from './hosts.js';
import { joiningActivities } from './joining.js';
import { nightlyActivities } from './nightly.js';
import { planningActivities } from './planning.js';
import { preparationActivities } from './preparation.js';
import { publishingActivities } from './publishing.js';
import { rollbackActivities } from './rollback.js';
import { taskActivities } from './tasks.js';
import { toldActivities } from './told.js';
import { toolActivities } from './tools.js';
import { windowActivities } from './windows.js';

export const createActivities = (dependencies: Dependencies) => ({
  ...planningActivities(dependencies),
  ...gateActivities(dependencies),
  ...environmentActivities(dependencies),
  ...preparationActivities(dependencies),
  ...deploymentActivities(dependencies),
  ...publishingActivities(dependencies),
  ...goLiveActivities(dependencies),
  ...rollbackActivities(dependencies),
  ...checkActivities(dependencies),
  ...joiningActivities(dependencies),
  ...hostWatching(dependencies),
  ...nightlyActivities(dependencies),
  ...taskActivities(dependencies),
  ...toolActivities(dependencies),
  ...toldActivities(dependencies),
  ...windowActivities,
});

export type Activities = ReturnType<typeof createActivities>;

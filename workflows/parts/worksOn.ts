/** Which runs may change an environment. */
import { ids } from '../../contract/ids.js';

/** By workflow id. */
export function worksOn(infrastructure: string, environment: string): readonly string[] {
  return [ids.goLive, ids.upgradeEnvironment, ids.prepare, ids.deploy, ids.publishAll].map((idOf) =>
    idOf(infrastructure, environment),
  );
}

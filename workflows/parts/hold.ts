/** Holding an environment for its upgrade: nobody else works on it as a whole, and effects under an earlier token are refused. */

import { ids } from '../../contract/ids.js';
import { holdEnvironment } from '../activities.js';

/** A fresh token. The upgrade of the environment holds it, whichever of its parts asks. */
export async function held(infrastructure: string, environment: string, release: string): Promise<number> {
  const holder = ids.upgradeEnvironment(infrastructure, environment);
  const { token } = await holdEnvironment.executeWithOptions({ summary: `hold ${environment}` }, [
    { infrastructure, environment, release, holder },
  ]);
  return token;
}

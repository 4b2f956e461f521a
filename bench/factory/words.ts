/** Names inside the text of a generated module. */
import type { ModulePlan } from './modulePlan.js';

/** The constant that holds the module's table. */
export function tableName({ subject }: ModulePlan): string {
  return `${subject}Table`;
}

/** What every module offers its consumers. */
export type Offer = 'assess' | 'total';

/** The function behind an offer, as its own module names it. */
export function offered(offer: Offer, { entity }: ModulePlan): string {
  return `${offer}${entity}`;
}

/** The same in a consumer, which may reference several modules about the same subject. */
export function imported(offer: Offer, module: ModulePlan): string {
  return `${offered(offer, module)}${module.index}`;
}

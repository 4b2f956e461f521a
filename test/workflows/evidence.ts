/** What the store keeps of an upgrade: who approved what, and the results of what was done. */
import type { Store } from '../../store/store.js';

export interface Recorded {
  /** `plan approved by ana`, `Testing upgraded`; `all upgraded` of the whole. */
  readonly what: string;
  /** Undefined where it is a message of people. */
  readonly report: unknown;
}

/** Oldest first; what was refused is left out. */
export async function recordedOf(store: Store, upgrade: string): Promise<readonly Recorded[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['name', 'payload'])
    .where('upgrade', '=', upgrade)
    .where('refusal', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(({ name, payload }) => {
    const { gate, approver, environment, report } = JSON.parse(payload) as Readonly<Record<string, unknown>>;
    return { what: approver ? `${gate} ${name}d by ${approver}` : `${environment ?? 'all'} ${name}`, report };
  });
}

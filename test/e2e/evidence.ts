/** What is kept of an upgrade besides the state of its environments: the plan, who approved what, snapshots, reports. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { layout } from '../../platform/embedded/layout.js';
import { readManifest } from '../../platform/embedded/snapshots/folder.js';
import { platformRows, storeRows } from './state.js';

interface Where {
  readonly dataFolder: string;
}

interface Approval {
  readonly gate: string;
  readonly approver: string;
}

interface Ended {
  /** Null: the infrastructure. */
  readonly environment: string | null;
  readonly report: unknown;
}

/** Messages that counted, in the order they were recorded. */
interface Evidence<Payload> {
  readonly workflow: string;
  readonly payload: Payload;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Whether the approval counted. */
export function hasApproved(where: Where, workflowId: string, gate: string, approver: string): boolean {
  return evidenceOf<Approval>(where, 'approve').some(
    ({ workflow, payload }) => workflow === workflowId && payload.gate === gate && payload.approver === approver,
  );
}

/** In the order they were recorded. */
export function reportsOf(where: Where): readonly unknown[] {
  return evidenceOf<Ended>(where, 'upgraded').map(({ payload }) => payload.report);
}

/** Hashes of the plans that were made. */
export function plansOf(where: Where): readonly string[] {
  return storeRows<{ hash: string }>(where, 'select hash from plans order by made_at').map(({ hash }) => hash);
}

/** Approvals, snapshots and ends of upgrades, in the order of their times; a line each. */
export async function chronicleOf(where: Where): Promise<readonly string[]> {
  const lines = [
    ...evidenceOf<Approval>(where, 'approve').map(({ workflow, payload: { gate, approver }, at }) => ({
      at,
      line: `${workflow}: ${gate} approved by ${approver}`,
    })),
    ...evidenceOf<Ended>(where, 'upgraded').map(({ workflow, at }) => ({ at, line: `${workflow}: upgraded` })),
    ...(await snapshotsOf(where)),
  ];
  return lines.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ line }) => line);
}

function evidenceOf<Payload>(where: Where, name: string): readonly Evidence<Payload>[] {
  const rows = storeRows<Evidence<string>>(
    where,
    'select workflow, payload, at from messages where name = ? and refusal is null order by id',
    name,
  );
  return rows.map(({ payload, ...row }) => ({ ...row, payload: JSON.parse(payload) as Payload }));
}

/** Of all environments. Throws `SNAPSHOT_CORRUPTED` when one is unfinished. */
async function snapshotsOf(where: Where): Promise<readonly { at: string; line: string }[]> {
  const environments = platformRows<{ name: string }>(where, 'select name from environments');
  const folders = environments.flatMap(({ name }) => {
    const parent = layout.snapshots(where.dataFolder, name);
    return readdirSync(parent).map((folder) => path.join(parent, folder));
  });
  return Promise.all(
    folders.map(async (folder) => {
      const { environment = '', takenAt = '' } = (await readManifest(folder)) ?? {};
      return { at: takenAt, line: `snapshot of ${environment}` };
    }),
  );
}

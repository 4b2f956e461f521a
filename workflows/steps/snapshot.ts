/** The snapshot before the first change; without it nothing is begun. */
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { SnapshotResult } from '../../contract/reports.js';
import { providerOf } from '../../domain/infrastructure/provider.js';
import { recordBackup, takeSnapshot } from '../activities.js';
import { done } from '../parts/deed.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { BegunContext } from './context.js';

/** Throws `SNAPSHOT_FAILED` with what was wrong, when a few tries did not help. */
export function snapshotOf(run: UpgradeRun, context: BegunContext): Promise<SnapshotResult> {
  return providerOf(context.plan, 'snapshot').kind === 'embedded' ? takenSnapshot(context) : toldBackup(run, context);
}

async function takenSnapshot({ place, upgrade, hold }: BegunContext): Promise<SnapshotResult> {
  const { environment } = place;
  try {
    return await takeSnapshot.executeWithOptions({ summary: `snapshot of ${environment}` }, [
      { ...place, id: upgrade, token: hold },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const reason = error instanceof ActivityFailure ? error.cause?.message : String(error);
    throw ApplicationFailure.nonRetryable(
      `No snapshot of ${environment} could be taken: ${reason}. This run has changed nothing. Repair that, then start again: it goes on from there`,
      'SNAPSHOT_FAILED',
    );
  }
}

/** Databases and servers, by people or a program: what a restore has to name. */
async function toldBackup(run: UpgradeRun, context: BegunContext): Promise<SnapshotResult> {
  const { place, plan, upgrade } = context;
  const { environment } = place;
  const began = Date.now();
  const { by, told } = await done(run, context, {
    ...{ capability: 'snapshot', step: 'snapshot', subject: 'backup', gate: 'snapshot', reason: 'LIVE-01' },
    title: `Back ${environment} up before its first change`,
    instructions: [
      'Back up its databases, and its servers where they are virtual machines',
      'Look whether the backup can be restored: a rollback goes back to it',
    ],
    evidence: [
      {
        name: 'backup',
        kind: 'text',
        required: true,
        longest: 200,
        description: 'Its name, by which it can be restored',
      },
      { name: 'finishedAt', kind: 'moment', required: true, description: 'When it was finished' },
    ],
    values: { snapshot: upgrade },
  });
  const finished = typeof told['finishedAt'] === 'string' ? Date.parse(told['finishedAt']) : Number.NaN;
  const backup = {
    id: typeof told['backup'] === 'string' ? told['backup'] : upgrade,
    release: plan.from,
    takenAt: new Date(Number.isNaN(finished) ? began : finished).toISOString(),
  };
  await recordBackup.executeWithOptions({ summary: `${backup.id}, as ${by} says` }, [
    { ...place, upgrade, backup: { ...backup, by } },
  ]);
  return { ...backup, environment, modules: null, rows: null, digest: null };
}

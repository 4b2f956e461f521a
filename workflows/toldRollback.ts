/**
 * Taking back an environment that nobody drives (LIVE-05): people, or programs of the site, bring back the backup that was made before its
 * first change. Its token comes before anything else: commands that go on are ended, open tasks withdrawn by name, for people cannot be
 * fenced.
 */
import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import type { ToldReadiness } from '../activities/rollback.js';
import type { RollbackReport } from '../contract/reports.js';
import type { RollbackInput } from '../domain/messages/message.js';
import {
  endWorkflows,
  holdToldForRollback,
  recordRollback,
  recordServer,
  releaseEnvironment,
  withdrawTasks,
} from './activities.js';
import { approved } from './parts/approval.js';
import { endOnHosts } from './parts/command.js';
import { type Deed, done } from './parts/deed.js';
import { type UpgradeRun, upgradeRun } from './parts/upgradeRun.js';
import { worksOn } from './parts/worksOn.js';
import type { BegunContext } from './steps/context.js';

export async function toldRollback(
  request: RollbackInput,
  { backup, plan: hash, decisions: plan, asks }: ToldReadiness,
): Promise<RollbackReport> {
  const { infrastructure, environment, requestedBy, reason } = request;
  const place = { infrastructure, environment };
  const { release, id, takenAt, upgrade } = backup;
  const run = upgradeRun({ ...place, to: release, requestedBy });
  run.planned({ upgrade, hash, to: release, gates: [], summary: `back to ${release}`, steps: [] });
  const approvals = asks ? await approvedLoss(run, backup) : [];

  const started = Date.now();
  run.step('taking over');
  const { workflowId } = workflowInfo();
  const { token } = await holdToldForRollback.executeWithOptions({ summary: `take ${environment} over` }, [
    { ...place, release, workflow: workflowId },
  ]);
  const why = `${environment} is taken back by ${requestedBy}`;
  await endOnHosts(run, hostsOf(plan), { ...place, token });
  await withdrawTasks.executeWithOptions({ summary: 'withdraw what was asked of people' }, [
    { ...place, by: requestedBy, reason: why },
  ]);
  await endWorkflows.executeWithOptions({ summary: 'cancel what works on it, and wait' }, [
    { workflowIds: worksOn(infrastructure, environment), reason: why },
  ]);

  const context: BegunContext = {
    ...{ place, upgrade, hash, plan, requestedBy, hold: token, expected: {} },
    within: async (step) => run.step(step),
  };
  const ask = (deed: Pick<Deed, 'capability' | 'subject' | 'title' | 'instructions' | 'values'>) =>
    done(run, context, {
      ...{ step: 'rollback', gate: 'restoring', reason: 'LIVE-05', evidence: [] },
      ...deed,
      // Another rollback of the same upgrade asks anew.
      subject: `${deed.subject} token ${token}`,
      values: { release, ...deed.values },
    });
  run.step('closing');
  await ask({
    ...{ capability: 'door', subject: 'close', values: { action: 'close' } },
    title: `Keep the users of ${environment} out`,
    instructions: [`It is taken back to ${release}: ${reason}`],
  });
  run.doorClosed({ since: new Date(Date.now()).toISOString(), closedBy: workflowId, reason });
  run.step('restoring');
  const { by } = await ask({
    ...{ capability: 'restore', subject: 'restore', values: { snapshot: id } },
    title: `Bring ${environment} back to ${release}`,
    instructions: [
      `Restore the backup ${id} of ${takenAt}: databases, and every server of the environment`,
      `Look in Service Center whether it is on ${release} again`,
    ],
  });
  const parts = ['server', 'service center', 'system components', ...plan.frontEnds.map((frontEnd) => ({ frontEnd }))];
  await recordServer.executeWithOptions({ summary: `on ${release} again` }, [
    { ...place, parts: parts as Parameters<typeof recordServer>[0]['parts'], release, by, now: Date.now() },
  ]);
  run.step('opening');
  await ask({
    ...{ capability: 'door', subject: 'open', values: { action: 'open' } },
    title: `Let the users of ${environment} in on ${release}`,
    instructions: ['Look at its pages first, then take the maintenance page away'],
  });
  run.doorClosed(null);
  const report: RollbackReport = {
    ...{ environment, requestedBy, reason, approvals },
    snapshot: { id, environment, release, takenAt, modules: null, rows: null, digest: null },
    restored: { snapshot: id, release, modules: null, rows: null, lost: null, kept: null },
    duration: Date.now() - started,
    hotPoints: { checked: 0, failures: 0 },
  };
  await CancellationScope.nonCancellable(async () => {
    await releaseEnvironment.executeWithOptions({ summary: `let go of ${environment}` }, [{ ...place, token }]);
    await recordRollback.executeWithOptions({ summary: 'record as evidence' }, [{ ...place, report }]);
  });
  run.step('done');
  await condition(allHandlersFinished);
  return report;
}

/** What is lost nobody can count here. Throws `GATE_REJECTED`, with nothing changed. */
function approvedLoss(run: UpgradeRun, { id, release, takenAt }: ToldReadiness['backup']): Promise<readonly string[]> {
  const asks = [
    `Going back to ${release} with the backup ${id} of ${takenAt} loses what users have written since. How much that is nobody can count here`,
    'Nothing is touched before somebody approves; reject leaves everything as it is',
  ];
  return approved(run, 'rollback', asks, { about: [`since ${Date.now()}`, ...asks] });
}

function hostsOf(plan: BegunContext['plan']): readonly string[] {
  const commands = Object.values(plan.providers ?? {}).flatMap((provider) =>
    provider.kind === 'command' ? [provider.command.on] : [],
  );
  return [...new Set(commands)];
}

/** The activities as workflows call them: one table of options, with the reason for each time. */
import { ActivityCancellationType, type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { HostActivities } from '../activities/commands.js';
import type { Activities } from '../activities/index.js';
import { compileQueueOf, hostQueueOf } from '../contract/installation.js';

/** For ever, a little slower each time: what fails for a passing reason must not end an upgrade that lasts weeks. */
const untilItWorks = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** Effects end cleanly before a cancelled workflow goes on: they hold locks. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/** A reading or a row: milliseconds. Half a minute covers a database that is busy or just restarting. */
const quick: ActivityOptions = { startToCloseTimeout: '30s', retry: untilItWorks, cancellationType };

/** A worker that died is noticed after the heartbeat timeout; lease and heartbeat are both renewed every few seconds. */
const heartbeatTimeout = '10s';

/** The platform ends each compilation after minutes by itself, and counts it: nothing comes to an hour that does not hang. */
const group: ActivityOptions = {
  startToCloseTimeout: '1h',
  heartbeatTimeout,
  retry: untilItWorks,
  cancellationType,
};

/** Front ends load modules in seconds; the platform waits a minute for each, then says which one did not. What takes this long hangs. */
const frontEnds: ActivityOptions = {
  startToCloseTimeout: '15m',
  heartbeatTimeout,
  retry: untilItWorks,
  cancellationType,
};

/** Another run's end, or a change of what a gate asks about: as long as that takes. A day bounds one wait, the retry goes on waiting. */
const joining: ActivityOptions = {
  startToCloseTimeout: '24h',
  heartbeatTimeout: '30s',
  retry: untilItWorks,
  cancellationType,
};

export const {
  whyNotTonight,
  planUpgrade,
  planEnvironment,
  planOf,
  askGate,
  answerGate,
  recordRefused,
  endUpgrade,
  makePlan,
  nextOpening,
  isOpen,
  recordTools,
  recordServer,
  recordBackup,
  recordPreparation,
  openTasks,
  recordCompletion,
  recordReopening,
  lookAtTasks,
} = proxyActivities<Activities>(quick);
export const { rollbackReadiness, holdForRollback, holdToldForRollback, recordRollback, withdrawTasks } =
  proxyActivities<Activities>(quick);
export const { openPreparation, closePreparation, stopPreparation, newestPreparation } =
  proxyActivities<Activities>(quick);
export const { openDeployment, closeDeployment, stopDeployment } = proxyActivities<Activities>(quick);
export const { holdEnvironment, sealEnvironment, releaseEnvironment } = proxyActivities<Activities>(quick);
export const { installPart, frontEndsLeft, letBackIntoTraffic, deployedDigest } = proxyActivities<Activities>(quick);
export const {
  deployNextModules,
  installFrontEnd,
  takeOutOfTraffic,
  putBackIntoTraffic,
  publishThroughServiceCenter,
  closeDoor,
  openDoor,
} = proxyActivities<Activities>(frontEnds);
export const { awaitWorkflow, endWorkflows, awaitOtherStanding } = proxyActivities<Activities>(joining);

/**
 * Copying and hashing application data: minutes for gigabytes, off the event loop, which beats every few seconds meanwhile. A snapshot
 * that keeps failing ends the run before anything changed.
 */
const data: ActivityOptions = { startToCloseTimeout: '2h', heartbeatTimeout: '20s', cancellationType };
export const { takeSnapshot } = proxyActivities<Activities>({
  ...data,
  retry: { ...untilItWorks, maximumAttempts: 5 },
});
export const { restoreSnapshot } = proxyActivities<Activities>({ ...data, retry: untilItWorks });

/** Ten seconds for each page, ten minutes for all of them by the platform's own clock. What fails is a result, not a fault. */
export const { checkApplications, checkHotPoints } = proxyActivities<Activities>({
  startToCloseTimeout: '15m',
  heartbeatTimeout,
  retry: untilItWorks,
  cancellationType,
});

/** Of the run that asks: its own queue tells where its modules are compiled. */
export const compiler = () =>
  proxyActivities<Pick<Activities, 'prepareNextGroup'>>({
    ...group,
    taskQueue: compileQueueOf(workflowInfo().taskQueue),
  });

/** As long as what it watches; whoever cancels it does not wait, for it changes nothing. */
export const { awaitHost } = proxyActivities<Pick<Activities, 'awaitHost'>>({
  ...joining,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Minutes beyond the time of a command in which its host ends it, with all that it has started. */
const endingMinutes = 5;

/**
 * Of the run that asks, on the queue of a host. A command ends itself by its own time; the worker that waits for it may be replaced
 * meanwhile, and one that died is noticed soon. No time until it is taken: a host that is away is waited for.
 */
export const hostActivities = (host: string, minutes: number) =>
  proxyActivities<HostActivities>({
    taskQueue: hostQueueOf(workflowInfo().taskQueue, host),
    startToCloseTimeout: `${minutes + endingMinutes}m`,
    heartbeatTimeout,
    retry: untilItWorks,
    cancellationType,
  });

/** Whether the Temporal server is as Uplift needs it, and whether workers and schedules are there. */

import { compileQueueOf, taskQueueOf } from '../../../contract/installation.js';
import { searchAttributes } from '../../../contract/searchAttributes.js';
import { compareVersions } from '../../../domain/releases/version.js';
import type { Temporal } from '../../../temporal/connection.js';
import { readNightlySchedule } from '../../../temporal/schedule.js';
import { typed } from '../../words.js';
import type { Place } from '../infrastructure.js';
import { type Finding, type Found, finding, problem, well } from './finding.js';
import { installationFindings } from './installation.js';
import { runFindings } from './runs.js';

/** The oldest server whose behaviour Uplift was tried with. */
const oldestServer = '1.32';

/** Days: an upgrade of all environments takes weeks, and its history is what people look at afterwards. */
const leastRetention = 90;

const secondsPerDay = 86_400;

export async function temporalFindings(temporal: Temporal, places: readonly Place[]): Promise<readonly Finding[]> {
  const server = await Promise.all([
    finding('Temporal server', () => serverState(temporal)),
    finding('namespace', () => namespaceState(temporal)),
    finding('search attributes', () => searchAttributesState(temporal)),
    finding('workers', () => workersState(temporal, 'orchestrator')),
    finding('compile workers', () => workersState(temporal, 'compile')),
    ...installationFindings(temporal, places),
  ]);
  const schedules = await Promise.all(
    places.map((place) => finding(`schedule of ${place.environment}`, () => scheduleState(temporal, place))),
  );
  return [...server, ...(await runFindings(temporal)), ...schedules];
}

async function serverState({ connection, address }: Temporal): Promise<Found> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const [version = '0.0'] = /^\d+\.\d+(\.\d+)?/.exec(serverVersion ?? '') ?? [];
  const shown = `${serverVersion} at ${address}`;
  if (compareVersions(version, oldestServer) >= 0) return well(shown);
  return problem(`${shown} is older than ${oldestServer}, with which Uplift was tried`, 'upgrade the Temporal server');
}

async function namespaceState({ connection, namespace }: Temporal): Promise<Found> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / secondsPerDay;
  const shown = `${namespace} keeps ended runs for ${Math.round(days * 10) / 10} days`;
  if (days >= leastRetention) return well(shown);
  const update = `temporal operator namespace update --namespace ${namespace} --retention ${leastRetention}d`;
  return problem(`${shown}; history is lost after that`, `uplift up, or ${update}`);
}

/** As the server numbers the types. */
const wireTypes = { KEYWORD: 2, INT: 3 } as const satisfies Record<(typeof searchAttributes)[number]['type'], number>;

const commandTypes = { KEYWORD: 'Keyword', INT: 'Int' } as const satisfies Record<keyof typeof wireTypes, string>;

async function searchAttributesState({ connection, namespace }: Temporal): Promise<Found> {
  const { customAttributes = {} } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributes.filter(({ name, type }) => Number(customAttributes?.[name]) !== wireTypes[type]);
  if (missing.length === 0) return well(`all ${searchAttributes.length} are registered`);
  const options = missing.map(({ name, type }) => `--name ${name} --type ${commandTypes[type]}`).join(' ');
  return problem(
    `${missing.map(({ name }) => name).join(', ')} missing or of another type: runs would fail for ever`,
    `uplift up, or temporal operator search-attribute create --namespace ${namespace} ${options}`,
  );
}

/** As the server numbers the kinds of tasks. */
const taskTypes = { workflow: 1, activity: 2 } as const;

const tasksOf = { orchestrator: ['workflow', 'activity'], compile: ['activity'] } as const;

/** A poll lasts a minute; who has not asked for two is gone. */
const pollsWithin = 120_000;

type WorkerRole = keyof typeof tasksOf;

/** Somebody has to take the tasks of its queue. */
async function workersState({ connection, namespace, installation }: Temporal, role: WorkerRole): Promise<Found> {
  const queue = taskQueueOf(installation);
  const name = role === 'compile' ? compileQueueOf(queue) : queue;
  const identities = new Set<string>();
  for (const task of tasksOf[role]) {
    const taskQueueType = taskTypes[task];
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType,
    });
    const present = (pollers ?? []).filter(
      ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < pollsWithin,
    );
    if (present.length === 0) {
      return problem(`nobody takes the ${task} tasks of queue ${name}`, `uplift up, or uplift worker --role ${role}`);
    }
    for (const { identity } of present) identities.add(identity ?? 'unknown');
  }
  return well(`${[...identities].join(', ')} on queue ${name}`);
}

async function scheduleState(temporal: Temporal, place: Place): Promise<Found> {
  const schedule = await readNightlySchedule(temporal, place);
  const command = `uplift schedule ${typed(place.environment)}`;
  if (!schedule) return problem('there is no nightly Deploy All', `${command} --at 02:00`);
  const { at, timeZone, paused, nextRuns } = schedule;
  return well(`nightly Deploy All at ${at} ${timeZone}, ${paused ? 'paused' : `next ${nextRuns[0]}`}`);
}

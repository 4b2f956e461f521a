/**
 * What people did through a Service Center, as evidence in the store. The outcome of an operation on a module is a row of the platform
 * database first, written with its effect; evidence is made from that row, under its id: what a process that ended has left out, the
 * next one that starts makes up for.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { recordEvidence } from '../../../store/evidence.js';
import { pauseEverything, pauseOfEverything, resumeEverything } from '../../../store/pause.js';
import type { Store } from '../../../store/store.js';
import type { PlatformDatabase } from '../database.js';
import type { PublicationsTable } from '../schema.js';
import type { Pauses, ServiceCenterOperations } from './operations.js';

interface Place {
  readonly database: PlatformDatabase;
  readonly store: Store;
  readonly environment: string;
  readonly log: Logger;
}

export function withEvidence(operations: ServiceCenterOperations, place: Place): ServiceCenterOperations {
  /** Also of an operation that was refused or failed; what is not recorded now is no failure of it. */
  const kept =
    <Request extends { readonly id: string }, T>(operation: (request: Request) => Promise<T>) =>
    (request: Request): Promise<T> =>
      operation(request).finally(() =>
        recordEnded(place, [request.id]).catch((error: unknown) =>
          place.log.error({ err: error, id: request.id }, 'evidence could not be recorded: it is at the next start'),
        ),
      );
  return {
    ...operations,
    publish: kept(operations.publish),
    applyConfigurations: kept(operations.applyConfigurations),
    deleteModule: kept(operations.deleteModule),
  };
}

/** Everything that has ended and is no evidence yet. */
export async function recordLeftOut(place: Place): Promise<void> {
  const { database, store, environment } = place;
  const ended = await database
    .selectFrom('publications')
    .select('id')
    .where('environment', '=', environment)
    .where('status', '!=', 'running')
    .execute();
  const rows = await store
    .selectFrom('messages')
    .select('run')
    .where('workflow', '=', workflowOf(environment))
    .execute();
  const known = new Set(rows.map(({ run }) => run));
  await recordEnded(
    place,
    ended.map(({ id }) => id).filter((id) => !known.has(id)),
  );
}

/** The pause of everything, each change of it evidence too. */
export function pausesWithEvidence(store: Store, environment: string): Pauses {
  const record = (name: 'pause everything' | 'resume everything', by: string, reason: string) => {
    const id = randomUUID();
    return recordEvidence(store, {
      ...{ key: id, upgrade: null, workflow: workflowOf(environment), run: id },
      ...{ name, payload: { requestedBy: by, reason }, refusal: null },
    });
  };
  return {
    async pause(by, reason) {
      await pauseEverything(store, by, reason);
      await record('pause everything', by, reason);
    },
    async resume(by, reason) {
      await resumeEverything(store);
      await record('resume everything', by, reason);
    },
    current: () => pauseOfEverything(store),
  };
}

async function recordEnded({ database, store, environment }: Place, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const row = await database.selectFrom('publications').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row || row.status === 'running') continue;
    await recordEvidence(store, {
      ...{ key: `publication ${id}`, upgrade: null, workflow: workflowOf(environment), run: id, environment },
      ...{ name: row.operation, ...outcomeOf(row) },
    });
  }
}

/** Of settings the names only: a value may be a secret. */
function outcomeOf({ module, user, status, answer }: PublicationsTable) {
  const { result, error } = JSON.parse(answer ?? '{}') as {
    result?: { settings?: object };
    error?: { code: string; parts: { what: string } };
  };
  const settings = result?.settings && { settings: Object.keys(result.settings) };
  return {
    payload: { module, requestedBy: user, status, ...settings },
    refusal: error ? `${error.code}: ${error.parts.what}`.slice(0, 1_000) : null,
  };
}

function workflowOf(environment: string): string {
  return `service-center/${environment}`;
}

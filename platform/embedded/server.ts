/**
 * The server step of the embedded platform: its front ends swap the release's runtime one after the other, out of traffic, then
 * Service Center and System Components follow (SELF-01, EXEC-01). Every write is guarded by the environment's hold.
 */
import { UpliftError } from '../../domain/errors.js';
import type { Progress } from '../../port/progress.js';
import type { ServerPart, ServerUpgrade } from '../../port/server.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, type PlatformTransaction } from './database.js';
import { assertHeld, embeddedHolds } from './holds.js';
import { untilObserved } from './observe.js';
import { stopExecutions } from './stopExecutions.js';

export function embeddedServer(context: EmbeddedContext): ServerUpgrade {
  return {
    ...embeddedHolds(context),
    installFrontEnd: (request, progress) => installFrontEnd(context, request, progress),
    returnToTraffic: (request) => returnToTraffic(context, request),
    install: (request) => install(context, request),
  };
}

interface FrontEndRequest {
  readonly environment: string;
  readonly frontEnd: string;
  readonly release: string;
  readonly token: number;
}

async function installFrontEnd(context: EmbeddedContext, request: FrontEndRequest, progress: Progress): Promise<void> {
  const { database } = context;
  const row = await database
    .selectFrom('front_ends')
    .select('observed_release')
    .where('environment', '=', request.environment)
    .where('name', '=', request.frontEnd)
    .executeTakeFirstOrThrow();
  if (row.observed_release !== request.release) {
    await want(context, request, { wanted_traffic: 'drained' });
    await observe(context, request, progress, 'is drained', (now) => now.observed_traffic === 'drained');
    await want(context, request, { wanted_release: request.release });
    await observe(
      context,
      request,
      progress,
      `runs ${request.release}`,
      (now) => now.observed_release === request.release,
    );
  }
  await want(context, request, { wanted_release: request.release, wanted_traffic: 'serving' });
  await observe(context, request, progress, 'serves', (now) => now.observed_traffic === 'serving');
}

async function returnToTraffic(
  { database }: EmbeddedContext,
  { environment, frontEnd, token }: Omit<FrontEndRequest, 'release'>,
): Promise<void> {
  await database
    .updateTable('front_ends')
    .set({ wanted_traffic: 'serving' })
    .where('name', '=', frontEnd)
    .where('environment', 'in', (eb) =>
      eb.selectFrom('holds').select('environment').where('environment', '=', environment).where('token', '=', token),
    )
    .execute();
}

async function want(
  { database }: EmbeddedContext,
  { environment, frontEnd, token }: FrontEndRequest,
  wanted: { wanted_release?: string; wanted_traffic?: 'serving' | 'drained' },
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    await transaction.updateTable('front_ends').set(wanted).where('name', '=', frontEnd).execute();
  });
}

interface Observed {
  readonly observed_release: string | null;
  readonly observed_traffic: 'serving' | 'drained';
}

async function observe(
  context: EmbeddedContext,
  { frontEnd, release }: FrontEndRequest,
  progress: Progress,
  expected: string,
  reached: (row: Observed) => boolean,
): Promise<void> {
  await untilObserved(context, progress, {
    async missing() {
      const row = await context.database
        .selectFrom('front_ends')
        .select(['observed_release', 'observed_traffic'])
        .where('name', '=', frontEnd)
        .executeTakeFirstOrThrow();
      if (reached(row)) return undefined;
      return `${frontEnd} does not say that it ${expected} (release ${row.observed_release ?? 'none'}, ${row.observed_traffic})`;
    },
    late: (missing, seconds) =>
      new UpliftError('FRONT_END_TIMEOUT', {
        what: `${frontEnd} on its way to ${release}: after ${seconds} s ${missing}`,
        next: `read the logs of ${frontEnd} and of the balancer in the data folder, repair that, then try again: it goes on from here`,
      }),
  });
}

async function install(
  { database }: EmbeddedContext,
  { environment, part, release, token }: { environment: string; part: ServerPart; release: string; token: number },
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    const facts = await transaction
      .selectFrom('environments')
      .selectAll()
      .where('name', '=', environment)
      .executeTakeFirstOrThrow();
    switch (part) {
      case 'server':
        await assertFrontEnds(transaction, environment, release);
        await transaction
          .updateTable('environments')
          .set({ server_release: release, token })
          .where('name', '=', environment)
          .execute();
        return;
      case 'service center':
        await transaction
          .updateTable('environments')
          .set({ service_center_release: release, token })
          .where('name', '=', environment)
          .execute();
        return;
      case 'system components':
        if (facts.system_components_release === release) return;
        await transaction
          .updateTable('environments')
          .set({ system_components_release: release, token })
          .where('name', '=', environment)
          .execute();
        await stopExecutions(transaction, environment);
        await pendModules(transaction, environment);
    }
  });
}

/** From here on every published module has to be prepared against the new System Components (PREP-01, PREP-02). */
async function pendModules(transaction: PlatformTransaction, environment: string): Promise<void> {
  await transaction
    .updateTable('modules')
    .set({ state: 'pending', diagnostics: null, cause: null, faults: 0, token: null })
    .where('environment', '=', environment)
    .where('published_source', 'is not', null)
    .execute();
}

async function assertFrontEnds(transaction: PlatformTransaction, environment: string, release: string): Promise<void> {
  const behind = await transaction
    .selectFrom('front_ends')
    .select('name')
    .where('environment', '=', environment)
    .where('wanted_release', '!=', release)
    .execute();
  if (behind.length === 0) return;
  throw new UpliftError('SERVER_STEP_UNFINISHED', {
    what: `${environment}: ${behind.map(({ name }) => name).join(', ')} are not on ${release} yet; the server counts as installed once all are`,
    next: `uplift status ${environment}`,
  });
}

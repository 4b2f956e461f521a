/**
 * The server step of the embedded platform: a front end that is out of traffic swaps the release's runtime; once all have, Service
 * Center and System Components follow (SELF-01, EXEC-01). Every write is guarded by the environment's hold.
 */
import { UpliftError } from '../../domain/errors.js';
import type { Installer, ServerPart } from '../../port/installer.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, type PlatformTransaction } from './database.js';
import { assertHeld } from './fence.js';
import { untilFrontEnd, want } from './frontEndWishes.js';
import type { Own } from './own.js';
import { stopExecutions } from './stopExecutions.js';

export function embeddedInstaller(context: EmbeddedContext): Own<Installer> {
  return {
    installFrontEnd: async (request, progress) => {
      const { release } = request;
      await want(context, request, { wanted_release: release });
      await untilFrontEnd(context, request, progress, `runs ${release}`, (now) => now.observed_release === release);
    },
    install: (request) => install(context, request),
  };
}

interface PartRequest {
  readonly environment: string;
  readonly part: ServerPart;
  readonly release: string;
  readonly token: number;
}

async function install(
  { database }: EmbeddedContext,
  { environment, part, release, token }: PartRequest,
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

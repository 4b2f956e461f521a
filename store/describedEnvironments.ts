/**
 * Which release each part of a described environment is on: what uplift.yaml says at first, then what whoever upgraded it said. An edit
 * of the release in uplift.yaml is newer than all that was said before it.
 */
import type { Environment } from '../domain/infrastructure/infrastructure.js';
import { parseVersion } from '../domain/releases/version.js';
import type { ServerPart } from '../port/installer.js';
import type { ReleaseKnown } from '../port/inventory.js';
import { describedInfrastructure, environmentNamed } from './describedInfrastructures.js';
import type { Store } from './store.js';

/** A part of an environment that has a release of its own. */
export type ReleasedPart = ServerPart | { readonly frontEnd: string };

export interface SaidRelease {
  readonly infrastructure: string;
  readonly environment: string;
  readonly part: ReleasedPart;
  readonly release: string;
  /** Who said so: a person, or the step that did it. */
  readonly by: string;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/**
 * Keeps that a part is on a release. The one that is recorded last counts, whatever the times say: clocks are set back. Key: all of it.
 * Throws `INFRASTRUCTURE_UNKNOWN`, `ENVIRONMENT_UNKNOWN` and `VERSION_INVALID`.
 */
export async function recordRelease(store: Store, { part, ...said }: SaidRelease): Promise<void> {
  parseVersion(said.release);
  const infrastructure = await describedInfrastructure(store, said.infrastructure);
  const { release: described } = environmentNamed(infrastructure, said.environment);
  await store
    .insertInto('described_releases')
    .values({ ...said, part: keyOf(part), described })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export interface KnownReleases {
  readonly server: { readonly release: string; readonly known: ReleaseKnown };
  /** Of any part; null: unknown. uplift.yaml speaks of the server alone. */
  of(part: ReleasedPart): string | null;
}

export async function knownReleases(
  store: Store,
  infrastructure: string,
  { name, release: described }: Pick<Environment, 'name' | 'release'>,
): Promise<KnownReleases> {
  const rows = await store
    .selectFrom('described_releases')
    .select(['part', 'release', 'by', 'at'])
    .where('infrastructure', '=', infrastructure)
    .where('environment', '=', name)
    .where('described', '=', described)
    .orderBy('id')
    .execute();
  const newest = new Map(rows.map((row) => [row.part, row]));
  const server = newest.get(keyOf('server'));
  return {
    server: server
      ? { release: server.release, known: { kind: 'evidence', by: server.by, at: server.at } }
      : { release: described, known: { kind: 'described' } },
    of: (part) => newest.get(keyOf(part))?.release ?? null,
  };
}

function keyOf(part: ReleasedPart): string {
  return typeof part === 'string' ? part : `front end ${part.frontEnd}`;
}

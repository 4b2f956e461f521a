/** What Uplift remembers outside Temporal: plans by hash, upgrades by number, messages as evidence, the pause of everything. */
import path from 'node:path';
import { type Generated, type Kysely, sql } from 'kysely';
import { openMigrated, type SchemaChange } from '../database/migrations.js';

interface StoreTables {
  plans: { hash: string; plan: string; made_at: string };
  upgrades: {
    infrastructure: string;
    number: number;
    environment: string;
    workflow: string;
    run: string;
    plan: string;
    requested_by: string | null;
    started_at: string;
    ended_at: string | null;
    result: string | null;
  };
  messages: {
    id: Generated<number>;
    key: string;
    upgrade: string | null;
    workflow: string;
    run: string;
    name: string;
    payload: string;
    refusal: string | null;
    at: string;
  };
  refused_messages: { run: string; count: number };
  pauses: { scope: string; requested_by: string; reason: string; since: string };
}

export type Store = Kysely<StoreTables>;

/** As it was before schemas were numbered: each statement leaves alone what is there. */
const base: readonly string[] = [
  'create table if not exists plans (hash text primary key, plan text not null, made_at text not null)',
  `create table if not exists upgrades (infrastructure text not null, number integer not null, environment text not null, workflow text not null,
    run text not null unique, plan text not null references plans, requested_by text, started_at text not null, ended_at text, result text,
    primary key (infrastructure, number))`,
  `create table if not exists messages (id integer primary key, key text not null unique, upgrade text, workflow text not null, run text not null,
    name text not null, payload text not null, refusal text, at text not null)`,
  'create table if not exists refused_messages (run text primary key, count integer not null)',
  'create table if not exists pauses (scope text primary key, requested_by text not null, reason text not null, since text not null)',
];

export const storeChanges: readonly SchemaChange[] = [{ name: '0001_base', statements: base }];

export function storeFile(dataFolder: string): string {
  return path.join(dataFolder, 'store.db');
}

export function openStore(dataFolder: string): Store {
  return openMigrated<StoreTables>(storeFile(dataFolder), storeChanges);
}

/** The database's clock as ISO 8601 UTC. */
export const nowText = sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`;

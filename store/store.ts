/** What Uplift remembers outside Temporal: which installation it is, plans by hash, upgrades by number, messages as evidence, the pause of everything. */
import path from 'node:path';
import { type Generated, type Kysely, sql } from 'kysely';
import { openMigrated, type SchemaChange } from '../database/migrations.js';

export interface StoreTables {
  /** `explanation`: what people read beside the decisions; null for a plan that was made before it was kept. */
  plans: { hash: string; plan: string; made_at: string; explanation: string | null };
  upgrades: {
    infrastructure: string;
    number: number;
    environment: string;
    workflow: string;
    run: string;
    plan: string;
    requested_by: string | null;
    started_at: string;
    /** Until then the same plan, started again, goes on with it. */
    ended_at: string | null;
    outcome: UpgradeOutcome | null;
    result: string | null;
  };
  upgrade_runs: UpgradeRunsTable;
  holds: HoldsTable;
  messages: {
    id: Generated<number>;
    key: string;
    upgrade: string | null;
    workflow: string;
    run: string;
    /** Of the chain that resets make: the same for all of them; null: as `run`. */
    first_run: string | null;
    /** Empty: the whole infrastructure. */
    environment: string;
    /** What a gate's answer is about beside its plan; null in those of programs that did not tell. */
    subject: string | null;
    name: string;
    payload: string;
    refusal: string | null;
    at: string;
  };
  opened_gates: OpenedGatesTable;
  refused_messages: { run: string; count: number };
  /** `program`: the digest of the one that every open run was last known to replay on; null: of none. */
  installation: { id: string; made_at: string; former_queue: number; program: string | null };
  pauses: { scope: string; requested_by: string; reason: string; since: string };
}

export type UpgradeOutcome = 'upgraded' | 'rejected' | 'rolled back' | 'superseded';

/** Every run that works for an upgrade, beside the one that began it. */
interface UpgradeRunsTable {
  run: string;
  infrastructure: string;
  number: number;
  /** JSON of what it was started with; null: it is not known. */
  request: string | null;
  workflow: string;
}

/** A gate that enough people have approved, as a row of its own: what opens it again for the run that goes on. */
interface OpenedGatesTable {
  upgrade: string;
  environment: string;
  gate: string;
  plan: string;
  subject: string;
  run: string;
  first_run: string;
  /** JSON lists of names. */
  approvers: string;
  accepted: string;
  at: string;
}

/** Who holds an environment, and the highest token that was given for it; all but the token are null while nobody does. */
interface HoldsTable {
  infrastructure: string;
  environment: string;
  operation: 'upgrade' | 'rollback' | null;
  workflow: string | null;
  release: string | null;
  token: number;
  first_token: number | null;
  since: string | null;
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

const goingOn: readonly string[] = [
  'alter table upgrades add column outcome text',
  "update upgrades set outcome = 'upgraded' where ended_at is not null",
  `create table upgrade_runs (run text primary key, infrastructure text not null, number integer not null, workflow text not null,
    request text)`,
  'insert into upgrade_runs select run, infrastructure, number, workflow, null from upgrades',
  'alter table messages add column first_run text',
  "alter table messages add column environment text not null default ''",
  'alter table messages add column subject text',
  `update messages set environment = replace(substr(workflow, instr(workflow, '/environments/') + 14), '/go-live', '')
    where workflow like 'upgrade/%/environments/%'`,
  'create index messages_upgrade on messages (upgrade, environment)',
  `update upgrades set outcome = 'rejected', ended_at = (select max(at) from messages
      where upgrade = infrastructure || '#' || number and name = 'reject' and refusal is null)
    where ended_at is null and exists (select 1 from messages
      where upgrade = infrastructure || '#' || number and name = 'reject' and refusal is null)`,
  `update upgrades set outcome = 'rolled back', ended_at = started_at where ended_at is null and exists (select 1 from messages
      where messages.name = 'rollback' and messages.upgrade = upgrades.infrastructure and messages.at > upgrades.started_at
        and upgrades.environment in ('', json_extract(messages.payload, '$.environment')))`,
  `create table opened_gates (upgrade text not null, environment text not null, gate text not null, plan text not null,
    subject text not null, run text not null, first_run text not null, approvers text not null, accepted text not null, at text not null,
    primary key (upgrade, environment, gate, plan, subject, run))`,
];

export const storeChanges: readonly SchemaChange[] = [
  { name: '0001_base', statements: base },
  { name: '0002_upgrades_go_on', statements: goingOn },
  { name: '0003_plan_explanations', statements: ['alter table plans add column explanation text'] },
  {
    name: '0004_installation',
    statements: [
      'create table installation (id text primary key, made_at text not null, former_queue integer not null)',
    ],
  },
  { name: '0005_program', statements: ['alter table installation add column program text'] },
  {
    name: '0006_holds',
    statements: [
      `create table holds (infrastructure text not null, environment text not null, operation text, workflow text, release text,
        token integer not null, first_token integer, since text, primary key (infrastructure, environment))`,
    ],
  },
];

export function storeFile(dataFolder: string): string {
  return path.join(dataFolder, 'store.db');
}

export function openStore(dataFolder: string): Store {
  return openMigrated<StoreTables>(storeFile(dataFolder), storeChanges);
}

/** The database's clock as ISO 8601 UTC. */
export const nowText = sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`;

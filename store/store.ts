/**
 * What Uplift remembers outside Temporal: which installation it is, plans by hash, upgrades by number, messages as evidence, tasks, the
 * pause of everything, and what is known of sites that are only described.
 */
import path from 'node:path';
import { type Generated, type Kysely, sql } from 'kysely';
import { openMigrated, type SchemaChange } from '../database/migrations.js';
import type { Outcome } from '../domain/tasks/task.js';

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
  tasks: TasksTable;
  refused_messages: { run: string; count: number };
  /** `program`: the digest of the one that every open run was last known to replay on; null: of none. */
  installation: { id: string; made_at: string; former_queue: number; program: string | null };
  pauses: { scope: string; requested_by: string; reason: string; since: string };
  /** `described`: JSON of what uplift.yaml in `folder` said last. */
  described_infrastructures: { name: string; folder: string; described: string };
  described_releases: DescribedReleasesTable;
  module_lists: ModuleListsTable;
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

/** A release that somebody said a part of an environment is on. The newest row of a part counts. */
interface DescribedReleasesTable {
  id: Generated<number>;
  infrastructure: string;
  environment: string;
  part: string;
  release: string;
  by: string;
  at: string;
  /** What uplift.yaml called the release of the environment then. */
  described: string;
}

/** JSON of all modules of an environment, as they were listed while it was on `release`. */
interface ModuleListsTable {
  infrastructure: string;
  environment: string;
  release: string;
  modules: string;
  at: string;
}

/** What people are asked to do; one of each upgrade, environment, step and subject. */
interface TasksTable {
  /** Given once, also after a row has gone. */
  number: Generated<number>;
  /** `acme#7` */
  upgrade: string;
  /** Empty: the whole infrastructure. */
  environment: string;
  step: string;
  subject: string;
  /** JSON of what is asked; as the newest run words it. */
  wording: string;
  /** JSON of when it is due, reminded of, escalated; as it was first asked. */
  times: string;
  /** The run that asked last. */
  workflow: string;
  run: string;
  opened_at: string;
  /** Grows with each change of what follows. */
  revision: number;
  /** 0 or 1 */
  reminded: number;
  escalated: number;
  state: 'open' | Outcome | 'withdrawn';
  /** Null while it is open. */
  ended_at: string | null;
  ended_by: string | null;
  reason: string | null;
  /** JSON; null where nothing was answered. */
  evidence: string | null;
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

const describedSites: readonly string[] = [
  'create table described_infrastructures (name text primary key, folder text not null, described text not null)',
  `create table described_releases (id integer primary key, infrastructure text not null, environment text not null, part text not null,
    release text not null, by text not null, at text not null, described text not null,
    unique (infrastructure, environment, part, release, by, at))`,
  `create table module_lists (infrastructure text not null, environment text not null, release text not null, modules text not null,
    at text not null, primary key (infrastructure, environment))`,
];

const tasks: readonly string[] = [
  `create table tasks (number integer primary key autoincrement, upgrade text not null, environment text not null, step text not null,
    subject text not null, wording text not null, times text not null, workflow text not null, run text not null, opened_at text not null,
    revision integer not null, reminded integer not null, escalated integer not null, state text not null, ended_at text, ended_by text,
    reason text, evidence text, unique (upgrade, environment, step, subject))`,
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
  { name: '0007_described_sites', statements: describedSites },
  { name: '0008_tasks', statements: tasks },
];

export function storeFile(dataFolder: string): string {
  return path.join(dataFolder, 'store.db');
}

export function openStore(dataFolder: string): Store {
  return openMigrated<StoreTables>(storeFile(dataFolder), storeChanges);
}

/** The database's clock as ISO 8601 UTC. */
export const nowText = sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`;

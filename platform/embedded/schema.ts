/**
 * The platform database: modules and verdicts, a row per compile attempt, locks and their ever-growing token, preparations,
 * deployments, wanted and observed state of processes.
 *
 * Times are ISO 8601 UTC texts, made by the database. A lease is seconds since 1970 on the database's clock.
 *
 * Fencing (PREP-04, PREP-05): a row of `modules`, `wanted_modules` or `deployed_modules` carries in `token` the token it is
 * written under. Triggers refuse a write whose token is not the module's lock or whose lease is over, whoever writes it: a process
 * that was stopped beyond its lease and goes on can change nothing. Only making a module `pending` or `skipped` without a token
 * needs no lock, for it takes a verdict away and records none. An environment's releases and its door are fenced by its hold in the
 * same way.
 */
import type { Generated, Selectable } from 'kysely';
import type { SchemaChange } from '../../database/migrations.js';
import type { LockOperation, ModuleState } from '../../domain/modules/module.js';

export interface PlatformTables {
  /** `folder`: where its factory was imported from; `described`: JSON `Infrastructure` as it was then. */
  infrastructures: { name: string; folder: Generated<string>; described: Generated<string> };
  /** `folder_digest`: over every file of its folder; null when an older program has imported it. */
  releases: { version: string; digest: string; compiler: string; folder_digest: string | null };
  environments: EnvironmentsTable;
  check_secrets: { environment: string; secret: string };
  zones: { environment: string; name: string };
  front_ends: FrontEndsTable;
  sources: { digest: string; files: Uint8Array };
  modules: ModulesTable;
  /** Of the published sources; of a module never published, of its uploaded one. */
  module_references: { environment: string; consumer: string; producer: string };
  configurations: { environment: string; module: string; settings: string };
  tokens: { token: Generated<number>; given: string };
  locks: LocksTable;
  holds: HoldsTable;
  artifacts: ArtifactsTable;
  instances: { id: string; artifact: string; release: string; producers: string };
  attempts: AttemptsTable;
  preparations: PreparationsTable;
  deployments: ExecutionsTable;
  deployment_items: DeploymentItemsTable;
  preparation_groups: GroupsTable;
  wanted_modules: { environment: string; module: string; instance: string; token: number };
  deployed_modules: DeployedTable;
  front_end_modules: { front_end: string; module: string; instance: string; error: string | null; at: string };
  publications: PublicationsTable;
  restores: RestoresTable;
  refused_writes: {
    id: Generated<number>;
    at: string;
    environment: string;
    module: string;
    token: number;
    what: string;
  };
  processes: { name: string; pid: number; start_time: string; generation: string };
  error_log: ErrorLogTable;
}

interface EnvironmentsTable {
  name: string;
  infrastructure: string;
  stage: string;
  position: number;
  /** The three that must agree before the server counts as upgraded (SELF-01). */
  server_release: string;
  service_center_release: string;
  system_components_release: string;
  /** JSON list of paths that have to answer here, besides those of every environment. */
  balancer_port: number;
  service_center_port: number;
  /** `closed`: users get a maintenance page (LIVE-01); observed once no request of theirs is in flight. */
  wanted_door: Generated<'open' | 'closed'>;
  observed_door: Generated<'open' | 'closed'>;
  /** Of the door that is wanted closed: since when, by which run (workflow id and run id), and why. */
  door_since: string | null;
  door_workflow: string | null;
  door_run: string | null;
  door_reason: string | null;
  /** JSON `MaintenanceNotice`. */
  door_notice: string | null;
  /** Application rows that differed from the snapshot when the door was opened: what checks and people who test had written. */
  rows_behind_door: Generated<number>;
  /** Id of the snapshot that they were counted against. */
  rows_behind_of: string | null;
  /** Written under this hold's token. */
  token: number | null;
  /** The highest token of a hold that this platform was ever told. */
  highest_hold: Generated<number>;
}

interface FrontEndsTable {
  name: string;
  environment: string;
  zone: string;
  port: number;
  wanted_release: string;
  wanted_traffic: 'serving' | 'drained';
  observed_release: string | null;
  /** What the balancer does with it; `drained` once nothing is in flight. */
  observed_traffic: 'serving' | 'drained';
}

interface ModulesTable {
  environment: string;
  name: string;
  application: string;
  kind: string;
  version: string;
  /** Newest source uploaded, and the one last published with success (null: never). */
  uploaded_source: string;
  /** JSON `ModuleManifest` uploaded with it; null while it is the published one. */
  uploaded_manifest: string | null;
  published_source: string | null;
  published_at: string | null;
  state: ModuleState;
  /** Key of the artifact its state `prepared` stands on. */
  artifact: string | null;
  /** Digest of its declarations, as consumers' keys use it. */
  declarations: string | null;
  /** The release `artifact` was compiled for. */
  release: string | null;
  /** JSON `Diagnostic[]` of the last failure. */
  diagnostics: string | null;
  /** JSON `SkipCause`. */
  cause: string | null;
  /** Times its group failed for no fault of a module, in the running preparation. */
  faults: Generated<number>;
  cost: number;
  token: number | null;
}

interface LocksTable {
  environment: string;
  module: string;
  token: number;
  operation: LockOperation;
  /** As the vendor's texts name it: `Compiler Service`, `Deployment Service` or the user. */
  holder: string;
  /** Who may take it over at once: the activity or publication it was claimed by. */
  claimed_by: string;
  since: string;
  lease_until: number;
}

interface HoldsTable {
  environment: string;
  operation: 'upgrade' | 'rollback';
  workflow: string;
  release: string;
  token: number;
  /** The token it began with; null when an older program has begun it. */
  first_token: number | null;
  since: string;
  /** 1: from the tests to the opening nothing changes. */
  sealed: Generated<number>;
}

interface ArtifactsTable {
  key: string;
  unit: string;
  release: string;
  /** Compressed JSON of `{ path, text }[]`, JavaScript and declarations. */
  files: Uint8Array;
  /** SHA-256 of `files`. */
  digest: string;
  /** JSON: digest of the declarations by member. */
  declarations: string;
}

interface AttemptsTable {
  id: Generated<number>;
  environment: string;
  module: string;
  preparation: number | null;
  group_number: number | null;
  token: number;
  started_at: string;
  ended_at: string | null;
  outcome: 'running' | 'prepared' | 'failed' | 'skipped' | 'stale' | 'reused' | 'fault' | 'abandoned';
}

interface ExecutionsTable<OtherEnd = never> {
  id: Generated<number>;
  environment: string;
  release: string;
  status: 'running' | 'finished' | 'finished with errors' | 'stopped' | OtherEnd;
  requested_by: string;
  started_at: string;
  ended_at: string | null;
  /** JSON, written at the end: the counts of the report. */
  counts: string | null;
}

/** `failed`: the step itself. */
interface PreparationsTable extends ExecutionsTable<'failed'> {
  scope: Generated<'unfinished' | 'everything'>;
  /** The upgrade it was first opened for; null: for none. */
  upgrade: string | null;
  /** JSON `UnfinishedModule[]`, written at the end: the failed and skipped modules, producers first (PREP-09). */
  unfinished: string | null;
}

interface GroupsTable {
  preparation: number;
  number: number;
  token: number;
  status: 'running' | 'finished' | 'fault' | 'abandoned';
  modules: string;
  started_at: string;
  ended_at: string | null;
}

interface DeploymentItemsTable {
  deployment: number;
  module: string;
  state: 'pending' | 'deploying' | 'deployed' | 'failed' | 'skipped';
  reason: string | null;
  /** What it ran when the deployment ended. */
  instance: string | null;
  started_at: string | null;
  ended_at: string | null;
}

interface DeployedTable {
  environment: string;
  module: string;
  instance: string;
  release: string;
  at: string;
  by: string;
  token: number;
}

export interface PublicationsTable {
  id: string;
  environment: string;
  module: string;
  user: string;
  operation: string;
  status: 'running' | 'finished' | 'refused' | 'failed';
  started_at: string;
  ended_at: string | null;
  /** JSON answer, as the API gives it. */
  answer: string | null;
}

/**
 * One per snapshot and hold: a workflow that takes its own hold again goes on with the same one. `held_since` is the first token of
 * the hold; of one that an older program has begun, the moment.
 */
interface RestoresTable {
  environment: string;
  snapshot: string;
  workflow: string;
  held_since: string;
  /** Of its newest attempt, which may still write. */
  token: number;
  started_at: string;
  /** JSON of what is lost, once the application data is the snapshot's. */
  lost: string | null;
  ended_at: string | null;
  /** JSON `RestoreReport`, written at the end. */
  report: string | null;
}

interface ErrorLogTable {
  id: Generated<number>;
  at: string;
  environment: string;
  front_end: string | null;
  module: string | null;
  message: string;
}

export type ModuleRow = Selectable<ModulesTable>;
export type LockRow = Selectable<LocksTable>;

/** `raise(abort, …)` texts start with this word. */
export const fenced = 'FENCED';

/** A lock of the module that `name` names, held under `new.token` and not over. */
const heldLock = (name: string) =>
  `exists (select 1 from locks where environment = new.environment and module = ${name} and token = new.token
    and lease_until > unixepoch('subsec'))`;

const fence = (table: string, event: string, condition: string) =>
  `create trigger if not exists ${table}_fence_${event.split(' ')[0]} before ${event} on ${table}
  when ${condition} begin select raise(abort, '${fenced} ${table}'); end`;

/** A row that records something, or says under which token it is written. */
const underLock = `(new.state in ('preparing', 'prepared', 'failed') or new.token is not null) and not ${heldLock('new.name')}`;

const fences = [
  fence('modules', 'insert', underLock),
  fence('modules', 'update of state, artifact, published_source', underLock),
  ...['wanted_modules', 'deployed_modules'].flatMap((table) => [
    fence(table, 'insert', `not ${heldLock('new.module')}`),
    fence(table, 'update', `not ${heldLock('new.module')}`),
  ]),
  fence(
    'environments',
    'update of server_release, service_center_release, system_components_release, wanted_door',
    'not exists (select 1 from holds where environment = new.name and token = new.token)',
  ),
];

/** A hold under a token that is lower than one that was told before. */
const holdFences = ['insert', 'update'].map((event) =>
  fence('holds', event, 'new.token < (select highest_hold from environments where name = new.environment)'),
);

/** Drops what fences; only a test that shows what then goes wrong has a use for it. */
export const withoutFences = fences.map((text) =>
  text.replace(/^create trigger if not exists (\S+) [\s\S]*$/, 'drop trigger if exists $1'),
);

/** As it was before schemas were numbered: each statement leaves alone what is there. */
const base: readonly string[] = [
  `create table if not exists infrastructures (name text primary key, folder text not null default '',
    described text not null default '{}')`,
  'create table if not exists releases (version text primary key, digest text not null, compiler text not null)',
  `create table if not exists environments (name text primary key, infrastructure text not null references infrastructures,
    stage text not null, position integer not null, server_release text not null references releases,
    service_center_release text not null references releases, system_components_release text not null references releases,
    balancer_port integer not null, service_center_port integer not null, wanted_door text not null default 'open',
    observed_door text not null default 'open', token integer)`,
  'create table if not exists check_secrets (environment text primary key references environments, secret text not null)',
  'create table if not exists zones (environment text not null references environments, name text not null, primary key (environment, name))',
  `create table if not exists front_ends (name text primary key, environment text not null references environments, zone text not null,
    port integer not null, wanted_release text not null, wanted_traffic text not null default 'serving',
    observed_release text, observed_traffic text not null default 'drained')`,
  'create table if not exists sources (digest text primary key, files blob not null)',
  `create table if not exists modules (environment text not null references environments, name text not null, application text not null,
    kind text not null, version text not null, uploaded_source text not null references sources, uploaded_manifest text,
    published_source text references sources, published_at text, state text not null, artifact text, declarations text, release text,
    diagnostics text, cause text, faults integer not null default 0, cost integer not null, token integer, primary key (environment, name))`,
  `create table if not exists module_references (environment text not null, consumer text not null, producer text not null,
    primary key (environment, consumer, producer))`,
  'create index if not exists module_references_producer on module_references (environment, producer)',
  'create table if not exists configurations (environment text not null, module text not null, settings text not null, primary key (environment, module))',
  'create table if not exists tokens (token integer primary key autoincrement, given text not null)',
  `create table if not exists locks (environment text not null, module text not null, token integer not null, operation text not null,
    holder text not null, claimed_by text not null, since text not null, lease_until real not null, primary key (environment, module))`,
  `create table if not exists holds (environment text primary key references environments, operation text not null, workflow text not null,
    release text not null, token integer not null, since text not null)`,
  `create table if not exists artifacts (key text primary key, unit text not null, release text not null, files blob not null,
    digest text not null, declarations text not null)`,
  'create table if not exists instances (id text primary key, artifact text not null, release text not null, producers text not null)',
  `create table if not exists attempts (id integer primary key, environment text not null, module text not null, preparation integer,
    group_number integer, token integer not null, started_at text not null, ended_at text, outcome text not null)`,
  'create index if not exists attempts_module on attempts (environment, module)',
  'create index if not exists attempts_token on attempts (token)',
  ...['preparations', 'deployments'].flatMap((table) => [
    `create table if not exists ${table} (id integer primary key autoincrement, environment text not null references environments,
      release text not null, status text not null, requested_by text not null, started_at text not null, ended_at text, counts text)`,
    // One at a time per environment, whoever starts it.
    `create unique index if not exists ${table}_running on ${table} (environment) where status = 'running'`,
  ]),
  `create table if not exists preparation_groups (preparation integer not null, number integer not null, token integer not null,
    status text not null, modules text not null, started_at text not null, ended_at text, primary key (preparation, number))`,
  `create table if not exists deployment_items (deployment integer not null, module text not null, state text not null, reason text,
    instance text, started_at text, ended_at text, primary key (deployment, module))`,
  `create table if not exists wanted_modules (environment text not null, module text not null, instance text not null, token integer not null,
    primary key (environment, module))`,
  `create table if not exists deployed_modules (environment text not null, module text not null, instance text not null, release text not null,
    at text not null, by text not null, token integer not null, primary key (environment, module))`,
  `create table if not exists front_end_modules (front_end text not null, module text not null, instance text not null, error text,
    at text not null, primary key (front_end, module))`,
  `create table if not exists publications (id text primary key, environment text not null, module text not null, user text not null,
    operation text not null, status text not null, started_at text not null, ended_at text, answer text)`,
  `create table if not exists restores (environment text not null references environments, snapshot text not null, workflow text not null,
    held_since text not null, token integer not null, started_at text not null, lost text, ended_at text, report text,
    primary key (environment, snapshot, workflow, held_since))`,
  `create table if not exists refused_writes (id integer primary key, at text not null, environment text not null, module text not null,
    token integer not null, what text not null)`,
  'create table if not exists processes (name text primary key, pid integer not null, start_time text not null, generation text not null)',
  `create table if not exists error_log (id integer primary key, at text not null, environment text not null, front_end text, module text,
    message text not null)`,
  'create index if not exists error_log_environment on error_log (environment, at)',
  ...fences,
];

const doorAndSeal: readonly string[] = [
  ...['door_since', 'door_workflow', 'door_run', 'door_reason'].map(
    (column) => `alter table environments add column ${column} text`,
  ),
  `update environments set door_since = (select since from holds where environment = name), door_reason = 'it is being upgraded',
      door_workflow = (select workflow from holds where environment = name) where wanted_door = 'closed'`,
  'alter table environments add column rows_behind_door integer not null default 0',
  'alter table holds add column sealed integer not null default 0',
];

const scopeOfPreparations: readonly string[] = [
  "alter table preparations add column scope text not null default 'unfinished'",
  'alter table preparations add column upgrade text',
];

export const platformChanges: readonly SchemaChange[] = [
  { name: '0001_base', statements: base },
  { name: '0002_door_and_seal', statements: doorAndSeal },
  { name: '0003_scope_of_preparations', statements: scopeOfPreparations },
  { name: '0004_release_folders', statements: ['alter table releases add column folder_digest text'] },
  { name: '0005_first_tokens', statements: ['alter table holds add column first_token integer'] },
  { name: '0006_unfinished_modules', statements: ['alter table preparations add column unfinished text'] },
  { name: '0007_maintenance_notice', statements: ['alter table environments add column door_notice text'] },
  { name: '0008_rows_behind_of_snapshot', statements: ['alter table environments add column rows_behind_of text'] },
  {
    name: '0009_highest_hold',
    statements: [
      'alter table environments add column highest_hold integer not null default 0',
      'update environments set highest_hold = (select coalesce(max(token), 0) from tokens)',
      ...holdFences,
    ],
  },
];

/** A site without any adapter, as its team drives it: programs of the site and people do every step, and Uplift leads them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Task } from '../../domain/tasks/task.js';
import { type CommandHost, commandHost } from '../platform/commandHost.js';
import { newer, older, temporaryFolder } from '../platform/tinyFactory.js';
import { until } from './until.js';
import { startUplift, type Uplift } from './uplift.js';

const site = `
infrastructure: harbour
lifeTime: { release: 11.33.0, newest: true }
environments:
  - name: Development
    stage: development
    release: ${older}
    zones: [{ name: Inside, frontEnds: [dev-1, dev-2] }]
    controller: dev-1
    gates: { plan: { approvers: [rui], quorum: 1 } }
    teams:
      - { name: Berths, role: development, members: [ines] }
      - { name: Quay, role: test, members: [sofia] }
      - { name: Servers, role: operations, members: [olga] }
    providers:
      traffic: { run: [traffic, "{frontEnd}"], on: balancer, timeoutMinutes: 5 }
      door: { run: [door, "{action}", "{release}"], on: balancer, timeoutMinutes: 5 }
`;

let uplift: Uplift;
let host: CommandHost;

beforeAll(async () => {
  host = await commandHost({ traffic: 'echo "$1 $UPLIFT_ACTION" >> moved', door: 'echo "$@" >> doors' });
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'uplift.yaml'), site);
  uplift = await startUplift(['--site', folder, '--host', `balancer=${host.file}`]);
});

afterAll(async () => {
  await uplift.close();
});

it('PLAN-06 the plan says who does what: programs of the site, and people for the rest', async () => {
  const planned = await uplift.cli('plan', '--to', newer, '--json');
  const providers = {
    installer: { kind: 'people' },
    traffic: { kind: 'command', command: { on: 'balancer', run: ['traffic', '{frontEnd}'] } },
    'hot points': { kind: 'people' },
  };
  expect({ exit: planned.exit, document: planned.json() }).toMatchObject({
    exit: 0,
    document: { plan: { decisions: { environments: [{ providers, operators: ['olga'] }] } } },
  });
  const { out } = await uplift.cli('plan', '--to', newer);
  expect(out.replaceAll(/\s+/g, ' ')).toContain('people (olga): installer, snapshot');
  expect(out).toContain('traffic {frontEnd} on balancer: traffic');
  expect((await uplift.cli('upgrade', '--to', newer, '--no-wait')).exit).toBe(6);
  expect((await uplift.cli('approve', '--gate', 'plan', '--as', 'rui')).exit).toBe(0);
});

it('SELF-01 the controller goes first; a version that is not the target is not taken, and asked for again', async () => {
  const backup = await asked('backup');
  await complete(backup);
  const controller = await asked('controller');
  expect(await serverRelease()).toBe(older);
  await complete(controller, '11.40.0');
  const gate = await until('the gate', async () => (await status()).runs[0]?.status?.gate);
  expect(gate.asks.join()).toContain(`"server" says 11.40.0, and ${newer} is needed`);
  expect((await uplift.cli('retry', 'Development', '--requested-by', 'rui')).exit).toBe(0);
  const again = await asked('controller');
  expect(again.task).toBe(controller.task);
  await complete(again, `${newer}.50123`);
});

it('LIVE-03 a program of the site takes each front end out of traffic before its people upgrade it, also when uplift up is killed between', async () => {
  const first = await asked('dev-1');
  expect(host.lines('moved')).toEqual(['dev-1 out']);
  process.kill(uplift.pid, 'SIGKILL');
  await uplift.startAgain();
  await uplift.reconnect();
  expect((await asked('dev-1')).task).toBe(first.task);
  await complete(first);
  await complete(await asked('dev-2'));
  await asked('modules');
  expect(host.lines('moved')).toEqual(['dev-1 out', 'dev-1 in', 'dev-2 out', 'dev-2 in']);
  expect(await serverRelease()).toBe(newer);
});

it('what people tell of every step stands in the report, with their names', async () => {
  await completeAllUntilItEnds();
  const { out, exit } = await uplift.cli('report', 'harbour#1');
  expect(exit).toBe(0);
  expect(out).toMatch(/DEVELOPMENT: upgraded, .* → .*\n/);
  expect(out).toMatch(/completeTask \d+ done +olga/);
  expect(out).toMatch(/backed up +olga/);
});

it('LIVE-05 rollback asks people to bring back the backup they named, behind the door of a program, and the environment is known on its release before', async () => {
  const rolled = uplift.cli('rollback', 'Development', '--as', 'rui', '--reason', 'berths are lost', '--json');
  const restore = await until('the restore', async () => {
    for (const task of await tasks()) {
      if (task.title.startsWith('Bring Development back')) return task;
      await complete(task);
    }
    return undefined;
  });
  expect(restore.instructions.join()).toContain('Restore the backup nightly-7');
  expect(await serverRelease()).toBe(newer);
  expect(host.lines('doors')).toEqual([`close ${older}`]);
  await complete(restore);
  await completeAllUntilItEnds();
  expect(await rolled).toMatchObject({ exit: 0 });
  expect(host.lines('doors')).toEqual([`close ${older}`, `open ${older}`]);
  expect(await serverRelease()).toBe(older);
});

async function tasks(): Promise<readonly Task[]> {
  const listed = (await uplift.cli('tasks', '--json')).json() as readonly (Task & { readonly kind: string })[];
  return listed.filter(({ kind }) => kind === 'task');
}

function asked(subject: string): Promise<Task> {
  return until(`the task ${subject}`, async () => (await tasks()).find((task) => task.subject === subject));
}

/** As olga, who says that all is well, and which version it is. */
async function complete({ task, evidence }: Task, version = newer): Promise<void> {
  const said = evidence.flatMap(({ name, kind, required }) => {
    if (!required) return [];
    if (kind === 'number') return [`${name}=0`];
    if (kind === 'moment') return [`${name}=${new Date().toISOString()}`];
    return [`${name}=${name === 'backup' ? 'nightly-7' : version}`];
  });
  const words = said.length === 0 ? [] : ['--set', ...said];
  expect(await uplift.cli('complete', `${task}`, '--as', 'olga', ...words)).toMatchObject({ exit: 0 });
}

async function completeAllUntilItEnds(): Promise<void> {
  await until('its end', async () => {
    for (const task of await tasks()) await complete(task);
    return (await status()).runs.length === 0;
  });
}

interface Status {
  readonly runs: readonly { readonly status: { readonly gate: { readonly asks: readonly string[] } | null } | null }[];
  readonly facts?: unknown;
  readonly serverRelease: string | null;
}

async function status(): Promise<Status> {
  const { environments } = (await uplift.cli('status', '--json')).json() as { environments: readonly Status[] };
  return environments[0] as Status;
}

async function serverRelease(): Promise<string | null> {
  return (await status()).serverRelease;
}

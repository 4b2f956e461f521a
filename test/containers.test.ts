/** The containers: what docker-compose.yml, the Dockerfile and containers/ start, compared with what `uplift up` starts. No image is needed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import semver from 'semver';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { defaultFirstPort, portsFrom } from '../client/local/ports.js';
import type { ProcessSpec } from '../client/local/processSpec.js';
import { wantedSpecs } from '../client/local/specs.js';
import { upCommand } from '../client/local/upCommand.js';
import { containerDoors } from '../http/containerDoors.js';
import { readFactory } from '../platform/embedded/factory/folder.js';
import { importFactory } from '../platform/embedded/factory/import.js';
import { openEmbeddedContext } from '../platform/embedded/platform.js';
import { obtainTemporal, temporalArguments } from '../temporal/server.js';
import { pinnedTemporal } from '../temporal/wheels.js';
import { temporaryFolder } from './platform/tinyFactory.js';

/**
 * The part of the Compose specification (compose-spec.json) that is used here, and stricter: what is not named is a slip, and a value that
 * YAML would turn into another type is quoted.
 */
const service = z.strictObject({
  image: z.string(),
  build: z.literal('.').optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  user: z.string().optional(),
  init: z.boolean().optional(),
  restart: z.enum(['on-failure:5']).optional(),
  network_mode: z.string().startsWith('service:').optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .default({}),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).optional(),
  shm_size: z.string().optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.literal('CMD')], z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number().optional(),
      start_period: z.string().optional(),
    })
    .optional(),
});

const shape = z.strictObject({
  name: z.literal('uplift'),
  'x-hardened': z.unknown(),
  'x-uplift': z.unknown(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});

const text = read('docker-compose.yml');
const { services, volumes } = shape.parse(parse(text, { merge: true }));
const { postgresql, schema, temporal, doors, ui, uplift } = services as Record<string, Service>;
type Service = z.infer<typeof service>;

const manifest = JSON.parse(read('package.json'));
const dockerfile = read('Dockerfile').split('\n');
const ports = portsFrom(defaultFirstPort);
const published = Object.values(services).flatMap((one) => one.ports);
const leads = containerDoors(doors?.command?.slice(2) ?? []);

/** What `uplift up` starts for the sample. */
let specs: readonly ProcessSpec[];

beforeAll(async () => {
  const context = openEmbeddedContext(temporaryFolder());
  await importFactory(context, await readFactory('examples/acme'), ports.environment);
  const running = await obtainTemporal({ say: () => undefined, environment: uplift?.environment ?? {} });
  const installation = { id: '00000000', madeAt: '2026-01-01T00:00:00Z', formerQueue: false };
  specs = await wantedSpecs({ context, temporal: running, ports, address: '', namespace: 'default', installation });
  await context.database.destroy();
});

describe('docker-compose.yml', () => {
  it('refers to nothing that is not there', () => {
    const mounted = Object.values(services).flatMap((one) => one.volumes.map((volume) => volume.split(':')[0] ?? ''));
    const awaited = Object.values(services).flatMap((one) => Object.entries(one.depends_on));

    expect(mounted.filter((source) => (source.startsWith('./') ? !existsSync(source) : !(source in volumes)))).toEqual(
      [],
    );
    expect(Object.keys(volumes).filter((name) => !mounted.includes(name))).toEqual([]);
    expect(awaited.filter(([name]) => !(name in services))).toEqual([]);
    for (const [name, { condition }] of awaited) {
      if (condition === 'service_healthy') expect([name, services[name]?.healthcheck]).not.toEqual([name, undefined]);
    }
  });

  it('starts the Temporal server and UI that `uplift up` fetches, and names the version of every image', () => {
    expect([temporal, schema, ui].map((one) => one?.image)).toEqual([
      `temporalio/server:${pinnedTemporal.server}`,
      `temporalio/admin-tools:${pinnedTemporal.server}`,
      `temporalio/ui:${pinnedTemporal.ui}`,
    ]);
    expect([uplift, doors].map((one) => one?.image)).toEqual(Array(2).fill(`uplift:${manifest.version}`));
    expect(postgresql?.image).toMatch(/^postgres:(1[5-9])\.\d+-\w+$/);
  });

  it('gives the Temporal server the settings of the one that `uplift up` starts', () => {
    const settings = z
      .record(z.string(), z.tuple([z.strictObject({ value: z.unknown() })]))
      .parse(parse(read(mountedFile(temporal, '/etc/temporal/config/dynamicconfig/docker.yaml'))));
    const given = Object.entries(settings).map(([name, [{ value }]]) => `${name}=${JSON.stringify(value)}`);
    const own = temporalArguments({ port: 1, uiPort: 2, databaseFile: '', logLevel: 'warn' });

    const ofPostgresAlone = ['limit.maxIDLength=255'];
    const settingsOfUp = own.filter((_, index) => own[index - 1] === '--dynamic-config-value');
    expect(settingsOfUp.length).toBeGreaterThan(0);
    expect(given.sort()).toEqual([...settingsOfUp, ...ofPostgresAlone].sort());
  });

  it('runs `uplift up` on that server, and starts no other', () => {
    expect(uplift?.environment['TEMPORAL_ADDRESS']).toBe(`temporal:${ports.temporal}`);
    expect(temporal?.environment).not.toHaveProperty('FRONTEND_GRPC_PORT');
    expect(temporal?.healthcheck?.test.at(-1)).toBe(String(ports.temporal));
    expect(specs.map(({ name }) => name)).toContain('worker');
    expect(specs.map(({ name }) => name)).not.toContain('temporal');
    expect(uplift).not.toHaveProperty('command');
  });

  it('publishes what people open of `uplift up`, under the same ports, on the loopback address only', () => {
    const opened = specs.filter(({ name }) => !name.startsWith('front-end ')).flatMap((spec) => spec.ports ?? []);

    const expected = [ports.temporalUi, ...opened].sort((a, b) => a - b);
    expect(published).toEqual(expected.map((port) => `127.0.0.1:${port}:${port}`));
    expect(doors?.ports).toEqual(published);
    expect(leads.map(({ port }) => port)).toEqual(expected);
  });

  it('lets nobody through to the UI and to Uplift but by doors that check who asks', () => {
    const config = parse(read(mountedFile(ui, '/home/ui-server/config/docker.yaml')));
    const others = leads.filter(({ port, target }) => port !== target);

    expect([ui, uplift].map((one) => one?.network_mode)).toEqual(['service:doors', 'service:doors']);
    expect(doors?.command?.slice(0, 2)).toEqual(['node', 'dist/http/containerDoorsProcess.js']);
    expect(existsSync('http/containerDoorsProcess.ts')).toBe(true);
    expect(config).toMatchObject({ host: '127.0.0.1', temporalGrpcAddress: uplift?.environment['TEMPORAL_ADDRESS'] });
    expect(others).toEqual([{ port: ports.temporalUi, target: config.port }]);
    expect(config.cors.allowOrigins).toEqual(
      ['127.0.0.1', 'localhost'].map((name) => `http://${name}:${ports.temporalUi}`),
    );
  });

  it('leaves no HTTP interface of the Temporal server open to pages', () => {
    expect(temporal?.environment['FRONTEND_HTTP_PORT']).toBe('0');
  });

  it('holds no secret: the password comes from outside, goes to who needs it, and nothing starts without it', () => {
    const password = postgresql?.environment['POSTGRES_PASSWORD'];
    const asked = [...text.matchAll(/\$\{(\w+)(:?.)/g)].map(([, name, operator]) => [name, operator]);
    const holders = Object.entries(services).flatMap(([name, { environment }]) =>
      Object.entries(environment)
        .filter(([key]) => /password|pwd|secret|token|key/i.test(key))
        .map(([key, value]) => `${name} ${key} ${value}`),
    );

    expect(asked).toEqual([
      ['UPLIFT_POSTGRES_PASSWORD', ':?'],
      ['TZ', ':-'],
    ]);
    expect(password).toMatch(/^\$\{UPLIFT_POSTGRES_PASSWORD:\?[^}]*docs\/containers\.md[^}]*\}$/);
    expect(holders).toEqual([
      `postgresql POSTGRES_PASSWORD ${password}`,
      `schema SQL_PASSWORD ${password}`,
      `temporal POSTGRES_PWD ${password}`,
    ]);
    expect(read('.gitignore').split('\n')).toContain('.env');
  });

  it('gives `uplift up` the time that its processes may take to end, one after the other', () => {
    const most = specs.reduce((sum, { stopGrace }) => sum + stopGrace, 0);
    const [, minutes] = /^(\d+)m$/.exec(uplift?.stop_grace_period ?? '') ?? [];
    expect(Number(minutes) * 60_000).toBeGreaterThan(most);
  });
});

describe('Dockerfile', () => {
  it('takes one exact Node that Uplift runs on, for both stages', () => {
    const bases = dockerfile.filter((line) => line.startsWith('FROM '));
    const [, version = ''] = /^FROM node:(\d+\.\d+\.\d+)-/.exec(bases[0] ?? '') ?? [];

    expect(bases).toEqual([`FROM node:${version}-bookworm-slim AS build`, `FROM node:${version}-bookworm-slim`]);
    expect(semver.satisfies(version, manifest.engines.node)).toBe(true);
  });

  it('installs what the lock file says, and keeps only what runs', () => {
    const final = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')));
    const copied = final.flatMap((line) => /^COPY --from=build \/uplift\/(\S+) /.exec(line)?.[1] ?? []);

    expect(dockerfile).toContain('RUN npm ci');
    expect(dockerfile.join('\n')).toContain('npm prune --omit=dev');
    expect(copied).toEqual(['package.json', 'node_modules', 'dist', 'examples']);
    expect(final.filter((line) => line.startsWith('COPY')).length).toBe(copied.length);
  });

  it('starts `uplift up` as nobody special, with the data folder on the volume', () => {
    const program = new Command();
    upCommand(program, { terminal: {} as never, ended: () => undefined });

    expect(dockerfile).toContain(`CMD ${JSON.stringify(['uplift', program.commands[0]?.name()]).replace(',', ', ')}`);
    expect(dockerfile.join('\n')).toContain(`ln -s /uplift/${manifest.bin.uplift} /usr/local/bin/uplift`);
    expect(dockerfile.filter((line) => line.startsWith('USER '))).toEqual(['USER 1000:1000']);
    expect(dockerfile).toContain(`ENV UPLIFT_DATA=${uplift?.volumes[0]?.split(':')[1]}`);
  });

  it('is given what is built and the sample, and nothing that lies about in the folder', () => {
    const given = read('.dockerignore')
      .split('\n')
      .filter((line) => !line.startsWith('#') && line !== '');
    const built: string[] = parse(read('tsconfig.build.json')).include.filter((room: string) => room !== 'bench');
    const files = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.json', 'tsconfig.build.json', 'examples'];

    // No pattern takes anything back of these: releases bring their node_modules.
    expect(given[0]).toBe('*');
    expect(given.slice(1).sort()).toEqual([...built, ...files].map((name) => `!${name}`).sort());
  });
});

/** The file of the project that a container finds at `target`. */
function mountedFile(one: Service | undefined, target: string): string {
  const [source = '', , mode] =
    one?.volumes.map((volume) => volume.split(':')).find((parts) => parts[1] === target) ?? [];
  expect(mode).toBe('ro');
  return source;
}

function read(file: string): string {
  return readFileSync(path.join(import.meta.dirname, '..', file), 'utf8');
}

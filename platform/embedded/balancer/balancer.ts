/**
 * The balancer of an environment: takes every request and gives it to a front end that serves.
 *
 * What is wanted of a front end is a row; once none of its requests is in flight the balancer writes that it is drained. Taking one
 * out, replacing it and putting it back loses no request, but for those that do not end in their time, which are cut: nobody who
 * reads slowly holds an upgrade up. While its door is closed, users get a maintenance page (LIVE-01).
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { UpliftError } from '../../../domain/errors.js';
import { listen, type Serving } from '../../../http/listen.js';
import { originForm, requestProblem } from '../../../http/sameOrigin.js';
import { defaultSettings, type EmbeddedSettings } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { environmentSecrets } from '../environmentSecrets.js';
import { repeat } from '../follow.js';
import { moduleAt } from '../frontEnd/catalogue.js';
import { errorLog } from '../frontEnd/errorLog.js';
import type { ServingContext } from '../servingProcess.js';
import { requestBody } from './body.js';
import { type Door, environmentDoor, type Visitor } from './door.js';
import { forwarder } from './forward.js';
import { type FrontEndTable, frontEndTable } from './frontEnds.js';
import { sendMaintenance, sendProblem } from './pages.js';

/** Milliseconds between two looks at the database, and between two health checks. */
const lookEvery = 50;
const checkEvery = 250;

/** Answered to the supervisor; to everybody else a path like any other. */
const statusPath = '/_balancer/status';

/** Milliseconds a client's idle connection is kept. */
const keepAlive = 65_000;

/** Resolves once it listens and has checked every front end. Throws `ENVIRONMENT_UNKNOWN` and `PORT_IN_USE`. */
export async function startBalancer({
  database,
  name: environment,
  log,
  drainPatience = defaultSettings.drainPatience,
}: Omit<ServingContext, 'dataFolder'> & Partial<Pick<EmbeddedSettings, 'drainPatience'>>): Promise<Serving> {
  const port = await balancerPort(database, environment);
  const secrets = await environmentSecrets(database, environment);
  const table = frontEndTable(database, environment, { log, drainPatience, headers: secrets.headersOf('supervisor') });
  const door = environmentDoor(database, environment, { log, drainPatience });
  const errors = errorLog({ database, log }, { environment });
  const forwarding = forwarder(table, { log, headers: secrets.headersOf('balancer') });
  const server = http.createServer({ keepAliveTimeout: keepAlive }, (request, response) => {
    response.once('close', () => server.listening || server.closeIdleConnections());
    answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request could not be answered');
      response.destroy();
    });
  });
  await reconcile();
  await table.checkHealth();
  await listen(server, port, `the balancer of ${environment}`);
  const looking = repeat(lookEvery, reconcile, (error) =>
    log.error({ err: error }, 'what is wanted could not be followed'),
  );
  const checking = repeat(
    checkEvery,
    async () => void table.checkHealth(),
    () => undefined,
  );
  return {
    async close() {
      await new Promise((closed) => server.close(closed));
      await Promise.all([looking.close(), checking.close()]);
      await errors.flush();
    },
  };

  async function reconcile(): Promise<void> {
    await door.reconcile();
    await table.reconcile();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.url = originForm(request);
    const problem = requestProblem(request);
    if (problem) return refuse(request, response, problem);
    const caller = secrets.callerOf(request.headers);
    if (caller === 'supervisor' && request.url === statusPath) return sendStatus(response, environment, door, table);
    const visitor: Visitor = caller === 'check' ? 'check' : 'user';
    if (!door.admits(visitor)) return turnAway(request, response);
    const body = await requestBody(request);
    switch (body.kind) {
      case 'broken off':
        return;
      case 'too large':
        return sendProblem(response, 413, 'What you sent is larger than 1 MB.');
      case 'whole':
        // The door may have been closed while the body came.
        if (!door.admits(visitor)) return turnAway(request, response);
        return door.pass(visitor, response, () => forward(request, response, body.chunks));
    }
  }

  async function forward(request: IncomingMessage, response: ServerResponse, body: readonly Buffer[]): Promise<void> {
    const outcome = await forwarding.forward(request, response, body);
    switch (outcome.kind) {
      case 'answered':
        return;
      case 'no front end':
        return sendProblem(response, 503, `No front end of ${environment} can answer now. Try again in a moment.`);
      case 'failed':
        await blame(request, outcome.frontEnd);
        return sendProblem(response, 502, `A front end of ${environment} broke off before it answered.`);
    }
  }

  /** The front end cannot say any more what it was asked for: whose screen that was is told by the address. */
  async function blame(request: IncomingMessage, frontEnd: string): Promise<void> {
    const rows = await database
      .selectFrom('wanted_modules')
      .select('module')
      .where('environment', '=', environment)
      .execute();
    const [, modulePath = '', screen = ''] = (request.url ?? '').split('?', 1)[0]?.split('/') ?? [];
    const module = moduleAt(
      rows.map((row) => row.module),
      modulePath,
    );
    const message = `${request.method} ${screen}: ${frontEnd} ended, or was silent for too long, before it answered`;
    errors.write({ frontEnd, module, message });
  }

  /** What is still sent is thrown away, here and below: the answer does not depend on it. */
  function refuse(request: IncomingMessage, response: ServerResponse, problem: string): void {
    request.resume();
    sendProblem(response, 403, `${problem}.`);
  }

  function turnAway(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    sendMaintenance(response, environment, door.closed());
  }
}

async function balancerPort(database: PlatformDatabase, environment: string): Promise<number> {
  const rows = await database.selectFrom('environments').select(['name', 'balancer_port']).execute();
  const row = rows.find(({ name }) => name === environment);
  if (row) return row.balancer_port;
  const names = rows.map(({ name }) => name).join(', ');
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what: `There is no environment ${environment}; there are: ${names || 'none'}`,
  });
}

function sendStatus(response: ServerResponse, environment: string, door: Door, table: FrontEndTable): void {
  const frontEnds = table.all().map(({ name, zone, port, wanted, observed, healthy, inFlight, answered }) => ({
    name,
    zone,
    url: `http://127.0.0.1:${port}`,
    wanted,
    observed: observed ?? 'drained',
    healthy,
    inFlight: inFlight.count(),
    answered,
  }));
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ environment, door: door.state(), frontEnds }));
}

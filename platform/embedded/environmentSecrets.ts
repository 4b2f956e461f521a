/**
 * Who asks a server of an environment. Checks, the balancer and the supervisor say so with a secret each, made of one that only the
 * environment's database holds: the closed door, the front ends' own ports and the platform's own paths open to nobody else.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PlatformDatabase } from './database.js';

/** `check`: gets in behind the closed door. `balancer`: sends what users ask on to front ends. `supervisor`: asks how things stand. */
const callers = ['check', 'balancer', 'supervisor'] as const;
type Caller = (typeof callers)[number];

export interface EnvironmentSecrets {
  /** What a request of `caller` carries. */
  headersOf(caller: Caller): Readonly<Record<string, string>>;
  /** Who sends a request; `undefined` for everybody else. The secret is off it afterwards, right or wrong: nobody behind sees it. */
  callerOf(headers: IncomingHttpHeaders): Caller | undefined;
}

const header = 'x-uplift-secret';

/** The same for every process and ever after: what they are made of is kept when it is first asked for. */
export async function environmentSecrets(database: PlatformDatabase, environment: string): Promise<EnvironmentSecrets> {
  const root = await rootSecret(database, environment);
  const secretOf = (caller: Caller) => createHmac('sha256', root).update(caller).digest('base64url');
  const known = callers.map((caller) => ({ caller, digest: digest(secretOf(caller)) }));
  return {
    headersOf: (caller) => ({ [header]: secretOf(caller) }),
    callerOf(headers) {
      const given = headers[header];
      if (given === undefined) return undefined;
      delete headers[header];
      const received = digest(String(given));
      return known.find((each) => timingSafeEqual(each.digest, received))?.caller;
    },
  };
}

async function rootSecret(database: PlatformDatabase, environment: string): Promise<string> {
  const row = await database
    .selectFrom('check_secrets')
    .select('secret')
    .where('environment', '=', environment)
    .executeTakeFirst();
  if (row) return row.secret;
  await database
    .insertInto('check_secrets')
    .values({ environment, secret: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return rootSecret(database, environment);
}

/** Of the same length whatever was given, as a comparison in constant time needs it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

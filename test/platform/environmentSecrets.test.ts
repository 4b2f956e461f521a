/** How checks, balancer and supervisor of an environment are known. */
import { expect, it } from 'vitest';
import { type EnvironmentSecrets, environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { environment, testPlatform } from './serving.js';

const callers = ['check', 'balancer', 'supervisor'] as const;

function whoIs({ callerOf }: EnvironmentSecrets, headers: Readonly<Record<string, string>>) {
  const received: Record<string, string> = { ...headers, accept: 'text/html' };
  return { caller: callerOf(received), left: received };
}

it('tells each by its own secret, in every process, and takes it off the request', async () => {
  const { database } = await testPlatform();
  const [one, other] = [
    await environmentSecrets(database, environment),
    await environmentSecrets(database, environment),
  ];

  for (const caller of callers) {
    expect(whoIs(other, one.headersOf(caller))).toEqual({ caller, left: { accept: 'text/html' } });
  }
});

it('knows nobody by a guess, by what the secrets are made of, or by a secret of another environment', async () => {
  const { database } = await testPlatform();
  const secrets = await environmentSecrets(database, environment);
  const { secret } = await database.selectFrom('check_secrets').select('secret').executeTakeFirstOrThrow();
  const elsewhere = await environmentSecrets((await testPlatform()).database, environment);
  const [name = ''] = Object.keys(secrets.headersOf('check'));

  const strangers = [{ [name]: 'guess' }, { [name]: '' }, { [name]: secret }, elsewhere.headersOf('check'), {}];

  for (const headers of strangers) {
    expect(whoIs(secrets, headers)).toEqual({ caller: undefined, left: { accept: 'text/html' } });
  }
});

/** The API of Service Center: what it tells, does, and refuses in which words. */
import { describe, expect, it, vi } from 'vitest';
import { UpliftError } from '../../../domain/errors.js';
import type { ServiceCenterOperations } from '../../../platform/embedded/serviceCenter/operations.js';
import { environment } from '../serving.js';
import { at, center, centerWith, claims } from './center.js';
import { addPreparation, lockModule } from './rows.js';

describe('the API', () => {
  it('tells how the environment and its modules stand', async () => {
    const { api } = await center([
      {
        name: claims,
        state: 'failed',
        producers: ['@acme/money'],
        diagnostics: [{ file: 'src/index.ts', line: 3, column: 1, code: 'TS2339', message: 'no' }],
      },
      { name: '@acme/money', state: 'pending' },
    ]);

    expect((await api('GET', '/environment')).body).toMatchObject({ name: environment, serverRelease: '11.18.1' });
    expect((await api('GET', '/modules')).body).toMatchObject([
      { name: claims, state: 'failed', diagnostics: [{ line: 3 }] },
      { name: '@acme/money', state: 'pending' },
    ]);
    expect((await api('GET', at('@acme/money'))).body).toMatchObject({
      consumers: [claims],
      producers: [],
      settings: {},
    });
    expect(await api('GET', at('@acme/nobody'))).toMatchObject({ status: 404, body: { code: 'MODULE_UNKNOWN' } });
    expect(await api('GET', '/nothing')).toMatchObject({ status: 404 });
  });

  it('PREP-09 DEP-04 lists every preparation and deployment, the newest first, each with its counts', async () => {
    const { api, database } = await center();
    const first = await addPreparation(database, 'finished with errors', {
      total: 5,
      prepared: 3,
      failed: 1,
      skipped: 1,
    });
    await database
      .insertInto('deployments')
      .values({
        environment,
        release: '11.18.1',
        status: 'finished',
        requested_by: 'bo',
        started_at: '2999-01-01T00:00:00.000Z',
      })
      .execute();
    const items = [
      { module: 'a', state: 'deployed' as const },
      { module: 'b', state: 'skipped' as const },
    ];
    await database
      .insertInto('deployment_items')
      .values(items.map((item) => ({ deployment: 1, reason: null, started_at: null, ended_at: null, ...item })))
      .execute();

    expect((await api('GET', '/upgrades')).body).toMatchObject([
      {
        step: 'Deployment',
        status: 'finished',
        requestedBy: 'bo',
        counts: { done: 1, failed: 0, skipped: 1, left: 0 },
      },
      { step: 'Preparation', id: first, requestedBy: 'ana', counts: { done: 3, failed: 1, skipped: 1, left: 0 } },
    ]);
    expect((await api('GET', '/upgrades/deployments/1')).body).toMatchObject({
      items: [{ module: 'a' }, { module: 'b' }],
    });
    expect(await api('GET', '/upgrades/preparations/99')).toMatchObject({
      status: 404,
      body: { code: 'EXECUTION_UNKNOWN' },
    });
    expect(await api('GET', '/upgrades/preparations/x')).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID' },
    });
  });

  it('PREP-05 refuses publish, apply configurations and delete of a locked module, in the words of the vendor', async () => {
    const { api, database } = await center([{ name: claims, state: 'pending' }]);
    await lockModule(database, claims);
    const answers = [
      await api('POST', `${at(claims)}/publish`, { user: 'ana' }),
      await api('POST', `${at(claims)}/apply-configurations`, { user: 'ana', settings: { colour: 'blue' } }),
      await api('DELETE', at(claims), { user: 'ana' }),
    ];

    for (const [index, operation] of ['1-Click Publish', 'Configuration update', 'Delete module'].entries()) {
      const { status, body } = answers[index] ?? { status: 0, body: {} };
      expect([status, body.code]).toEqual([409, 'MODULE_LOCKED']);
      expect(String(body.message).replace(/ at \d{4}-[^ ]+Z can't/, " at NOW can't")).toBe(
        `The ${operation} started by ana at NOW can't proceed because there is an ongoing Modules upgrade, started by Compiler Service at 2026-03-01T10:00:00.000Z, that is locking '@acme/claims' module.`,
      );
    }
  });

  it('PREP-06 refuses to publish a consumer whose producer is not prepared, naming the producer', async () => {
    const { api } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'pending' },
    ]);

    const { status, body } = await api('POST', `${at(claims)}/publish`, { user: 'ana' });

    expect([status, body.code]).toEqual([409, 'PRODUCER_NOT_PREPARED']);
    expect(body.message).toBe(
      "Producer module '@acme/money' hasn't been prepared for the current OutSystems environment version. The Preparation of Modules may not have finished yet, failed, or it is on hold. Check Service Center for more details or try to publish '@acme/money'.",
    );
  });

  it('applies settings, deletes a module nobody consumes and keeps one that is consumed', async () => {
    const { api, database } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'pending' },
    ]);

    expect(
      await api('POST', `${at(claims)}/apply-configurations`, { user: 'ana', settings: { a: '1' } }),
    ).toMatchObject({ status: 200 });
    const second = await api('POST', `${at(claims)}/apply-configurations`, { user: 'ana', settings: { b: '2' } });
    expect(second.body).toMatchObject({ settings: { a: '1', b: '2' } });
    expect(await api('DELETE', at('@acme/money'), { user: 'ana' })).toMatchObject({
      status: 409,
      body: { code: 'MODULE_HAS_CONSUMERS', blockedBy: claims },
    });
    expect(await api('DELETE', at(claims), { user: 'ana' })).toMatchObject({ status: 200 });
    expect(await database.selectFrom('modules').select('name').execute()).toEqual([{ name: '@acme/money' }]);
  });

  it('answers a failed compilation with its diagnostics, and an unexpected error without a word of it', async () => {
    const diagnostics = [
      { module: claims, file: 'src/index.ts', line: 2, column: 5, code: 'TS2339', message: 'no such thing' },
    ];
    const { api } = await centerWith({
      publish: async ({ module }) => {
        if (module !== claims) throw new TypeError('secret of the house at /opt/data');
        throw new UpliftError(
          'COMPILATION_FAILED',
          { what: `${claims} does not compile`, next: 'correct it' },
          { cause: { diagnostics } },
        );
      },
    });

    expect(await api('POST', `${at(claims)}/publish`, { user: 'ana' })).toEqual({
      status: 422,
      body: { code: 'COMPILATION_FAILED', message: `${claims} does not compile`, next: 'correct it', diagnostics },
    });
    const unexpected = await api('POST', `${at('other')}/publish`, { user: 'ana' });
    expect(unexpected).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(JSON.stringify(unexpected)).not.toContain('secret');
  });

  it('hands over the id, the user and the files it was given', async () => {
    const publish = vi.fn<ServiceCenterOperations['publish']>(async ({ id, module }) => ({
      id,
      module,
      release: '11.18.1',
      declarationsChanged: false,
      consumersPending: 0,
    }));
    const { api } = await centerWith({ publish });
    const body = { user: 'ana', id: 'ci/42', files: { 'src/index.ts': 'export {};' } };

    expect(await api('POST', `${at(claims)}/publish`, body)).toMatchObject({ status: 200, body: { id: 'ci/42' } });
    expect(publish).toHaveBeenCalledExactlyOnceWith({ environment, module: claims, ...body });
  });

  it.each([
    ['an unknown field', { user: 'ana', file: {} }, 'There is no field "file" in this request'],
    ['no user', {}, "must have required property 'user'"],
    ['a number for a text', { user: 7 }, 'user must be string'],
    ['a path that leaves the module', { user: 'ana', files: { '../../x.ts': '' } }, 'files'],
    ['an absolute path', { user: 'ana', files: { '/etc/x': '' } }, 'files'],
    ['a path that hides the way up', { user: 'ana', files: { 'src/../../x.ts': '' } }, 'files'],
    ['a file that is no text', { user: 'ana', files: { 'src/a.ts': 1 } }, 'files.src~1a.ts must be string'],
  ])('refuses %s', async (_what, body, message) => {
    const { api } = await centerWith({});

    const answer = await api('POST', `${at(claims)}/publish`, body);

    expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
    expect(answer.body.message).toContain(message);
  });

  it('names the known fields beside an unknown one, and refuses a body that is no JSON', async () => {
    const { api, url } = await centerWith({});

    expect((await api('POST', '/upgrades/prepare', { user: 'ana', force: true })).body.next).toBe('known fields: user');
    const response = await fetch(`${url}/api/upgrades/prepare`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
    const form = await fetch(`${url}/api/upgrades/prepare`, {
      method: 'POST',
      body: new URLSearchParams({ user: 'ana' }),
    });
    expect(form.status).toBe(415);
  });

  it('launches preparations and deployments for whoever asks', async () => {
    const { api, launches } = await center();

    expect(await api('POST', '/upgrades/prepare', { user: 'ana' })).toMatchObject({
      status: 202,
      body: { workflow: 'prepare/acme/Development' },
    });
    await api('POST', '/upgrades/deploy', { user: 'bo' });
    expect(launches).toEqual(['prepare by ana', 'deploy by bo']);
  });

  it('pauses and resumes everything', async () => {
    const { api } = await center();

    expect(await api('POST', '/pause', { user: 'ana', reason: 'fire drill' })).toMatchObject({
      status: 200,
      body: { paused: true },
    });
    expect(await api('POST', '/pause', { user: 'ana' })).toMatchObject({ status: 400 });
    expect(await api('DELETE', '/pause', { user: 'ana', reason: 'over' })).toMatchObject({
      status: 200,
      body: { paused: false },
    });
  });
});

/** Evidence of what people do in Service Center. */
import { describe, expect, it } from 'vitest';
import { nowText } from '../../../platform/embedded/database.js';
import { environment } from '../serving.js';
import { type Center, center } from './center.js';

describe('evidence of what people do', () => {
  const evidenceOf = async ({ store }: Center) => {
    const rows = await store.selectFrom('messages').selectAll().orderBy('id').execute();
    return rows.map(({ name, environment: place, payload, refusal }) => ({
      name,
      place,
      ...(JSON.parse(payload) as object),
      ...(refusal === null ? {} : { refusal }),
    }));
  };

  it('publishes, configurations, deletes and pauses are recorded with who asked and how they ended, settings without values', async () => {
    const asked = await center([
      { name: 'base', state: 'prepared' },
      { name: 'consumer', state: 'prepared', producers: ['base'] },
    ]);
    const { api } = asked;
    const by = { user: 'ada' };

    await api('POST', '/modules/base/apply-configurations', { id: 'one', ...by, settings: { Password: 'hunter2' } });
    await api('DELETE', '/modules/base', { id: 'two', ...by });
    await api('DELETE', '/modules/consumer', { id: 'three', ...by });
    await api('DELETE', '/modules/consumer', { id: 'three', ...by });
    await api('POST', '/pause', { user: 'rita', reason: 'an audit' });
    await api('DELETE', '/pause', { user: 'otto', reason: 'it is over' });

    const ada = { place: environment, requestedBy: 'ada' };
    expect(await evidenceOf(asked)).toEqual([
      { name: 'Configuration update', ...ada, module: 'base', status: 'finished', settings: ['Password'] },
      {
        name: 'Delete module',
        ...ada,
        module: 'base',
        status: 'refused',
        refusal: expect.stringMatching(/^MODULE_HAS_CONSUMERS: /),
      },
      { name: 'Delete module', ...ada, module: 'consumer', status: 'finished' },
      { name: 'pause everything', place: '', requestedBy: 'rita', reason: 'an audit' },
      { name: 'resume everything', place: '', requestedBy: 'otto', reason: 'it is over' },
    ]);
  });

  it('what a process that ended had not recorded yet is recorded by the next one, once', async () => {
    const killed = await center();
    const row = { id: 'lost', environment, module: 'base', user: 'ada', operation: '1-Click Publish' as const };
    const answer = JSON.stringify({ result: {} });
    const times = { started_at: nowText, ended_at: nowText };
    await killed.database
      .insertInto('publications')
      .values({ ...row, status: 'finished', answer, ...times })
      .execute();

    await killed.startAgain();
    await killed.startAgain();

    expect(await evidenceOf(killed)).toEqual([
      { name: '1-Click Publish', place: environment, module: 'base', requestedBy: 'ada', status: 'finished' },
    ]);
  });
});

/** When the nightly Deploy All runs, by the server's own account: once each night, whatever the clock does. */
import { msToTs, tsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { addDays, localDateTime } from '../../domain/calendar/localTime.js';
import { machineTimeZone } from '../../temporal/nightlySpec.js';
import {
  type Claimant,
  changeNightlySchedule,
  ensureNightlySchedule,
  readNightlySchedule,
} from '../../temporal/schedule.js';
import { startTemporal, type Temporal } from '../workflows/temporal.js';
import { installation } from './cliWorld.js';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const place = { infrastructure: 'acme', environment: 'Development' };
const scheduleId = 'nightly/acme/Development';
let server: Temporal;
let claimant: Claimant;

beforeAll(async () => {
  server = await startTemporal();
  const { client, address } = server;
  claimant = { client, address, namespace: 'default', installation, dataFolder: '/srv/uplift' };
});

afterAll(async () => {
  await server.close();
});

afterEach(async () => {
  await server.client.schedule
    .getHandle(scheduleId)
    .delete()
    .catch(() => undefined);
});

/** Days on which clocks are put forward, or back, and when the night runs instead. */
const changes = [
  ['Europe/Lisbon', '01:30', '2027-03-28', '2027-03-28T02:00'],
  ['Europe/Lisbon', '01:30', '2027-10-31', '2027-10-31T02:00'],
  ['Europe/Berlin', '02:00', '2027-03-28', '2027-03-28T03:00'],
  ['Europe/Berlin', '02:00', '2027-10-31', '2027-10-31T03:00'],
  ['America/New_York', '02:00', '2027-03-14', '2027-03-14T03:00'],
  ['America/New_York', '01:30', '2027-11-07', '2027-11-07T02:00'],
  ['America/Santiago', '00:15', '2027-09-05', '2027-09-05T01:00'],
  ['America/Santiago', '23:30', '2027-04-03', '2027-04-04T00:00'],
  ['Australia/Lord_Howe', '02:10', '2027-10-03', '2027-10-03T02:30'],
  ['Australia/Lord_Howe', '01:40', '2027-04-04', '2027-04-04T02:00'],
  ['Africa/Cairo', '00:00', '2027-04-30', '2027-04-30T01:00'],
  ['Asia/Tokyo', '02:00', '2027-03-28', '2027-03-28T02:00'],
] as const;

describe('a night whose clock is changed', () => {
  it.each(changes)('%s at %s runs once in the night of %s, at %s', async (timeZone, at, date, instead) => {
    await ensureNightlySchedule(claimant, { ...place, at, timeZone });

    const nights = await matching(timeZone, date);

    expect(nights).toEqual([`${addDays(date, -1)}T${at}`, instead, `${addDays(date, 1)}T${at}`]);
  });

  it('is found for a schedule of an earlier program, and moves with its time', async () => {
    await server.client.schedule.create({
      scheduleId,
      spec: { calendars: [{ hour: 1, minute: 30, comment: 'nightly Deploy All' }], timezone: 'Europe/Lisbon' },
      action: { type: 'startWorkflow', workflowType: 'nightlyDeployAll', taskQueue: 'uplift', args: [place] },
      state: { paused: true, note: 'a freeze' },
    });
    const former = { ...claimant, installation: { ...installation, formerQueue: true } };

    expect(await ensureNightlySchedule(former, place)).toBe('existed');

    expect(await matching('Europe/Lisbon', '2027-03-28')).toContain('2027-03-28T02:00');
    expect(await readNightlySchedule(claimant, place)).toMatchObject({ at: '01:30', paused: true, note: 'a freeze' });
    await changeNightlySchedule(claimant, place, { kind: 'time', at: '04:00' });
    expect(await matching('Europe/Lisbon', '2027-03-28')).toEqual([
      '2027-03-27T04:00',
      '2027-03-28T04:00',
      '2027-03-29T04:00',
    ]);
  });

  it('leaves nights alone that people have described themselves', async () => {
    await ensureNightlySchedule(claimant, { ...place, at: '01:30', timeZone: 'Europe/Lisbon' });
    const handle = server.client.schedule.getHandle(scheduleId);
    const calendars = [{ hour: 1, minute: 30, dayOfWeek: 'SATURDAY' as const, comment: 'weekends' }];
    await handle.update((former) => ({ ...former, spec: { calendars, timezone: 'Europe/Lisbon' } }));

    await ensureNightlySchedule(claimant, place);

    expect(await matching('Europe/Lisbon', '2027-03-28')).toEqual(['2027-03-27T01:30']);
  });
});

describe('a time zone', () => {
  it.each(['Europe/lisbon', 'EUROPE/LISBON', 'europe/Lisbon'])(
    '%s is refused, with the name that is meant',
    async (timeZone) => {
      await expect(ensureNightlySchedule(claimant, { ...place, timeZone })).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('perhaps "Europe/Lisbon" is meant'),
      });
    },
  );

  it.each(['', 'Mars/Olympus'])('is UTC where TZ is "%s", and a schedule that exists keeps its own', async (TZ) => {
    vi.stubEnv('TZ', TZ);
    try {
      expect(machineTimeZone()).toBeUndefined();
      await ensureNightlySchedule(claimant, place);
      expect(await readNightlySchedule(claimant, place)).toMatchObject({ at: '02:00', timeZone: 'UTC' });
      await changeNightlySchedule(claimant, place, { kind: 'time', timeZone: 'Europe/Lisbon' });
      expect(await ensureNightlySchedule(claimant, place)).toBe('existed');
      expect(await readNightlySchedule(claimant, place)).toMatchObject({ at: '02:00', timeZone: 'Europe/Lisbon' });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

/** The wall-clock times from the day before `date` to the day after it. */
async function matching(timeZone: string, date: string): Promise<readonly string[]> {
  const { startTime }: temporal.api.workflowservice.v1.IListScheduleMatchingTimesResponse =
    await server.connection.workflowService.listScheduleMatchingTimes({
      namespace: 'default',
      scheduleId,
      startTime: msToTs(Date.parse(`${addDays(date, -2)}T00:00Z`)),
      endTime: msToTs(Date.parse(`${addDays(date, 3)}T00:00Z`)),
    });
  return (startTime ?? [])
    .map((at) => localDateTime(tsToMs(at), timeZone))
    .filter((local) => local >= addDays(date, -1) && local < addDays(date, 2));
}

/** Moments of tasks over weeks: reminder, due moment and escalation come by the run's clock, each once, and cost it little. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../e2e/until.js';
import { type SkippingTemporal, startSkippingTemporal } from './skippingServer.js';
import { evidence, startTaskWorld, type TaskWorld, todo } from './taskWorld.js';
import { detailsOf, eventTypes } from './temporal.js';

const day = 24 * 3_600_000;

let temporal: SkippingTemporal;
let world: TaskWorld;

beforeAll(async () => {
  temporal = await startSkippingTemporal();
  world = await startTaskWorld(temporal);
});

afterAll(async () => {
  await world?.close();
  await temporal?.close();
});

it('reminds, is overdue, escalates, in the details and as evidence, while another task waits for none of that', async () => {
  const now = await temporal.now();
  const at = (days: number) => new Date(now + days * day).toISOString();
  const timed = { ...todo, due: at(10), reminder: at(7), escalation: { at: at(14), to: ['otto'] } };
  const run = await world.start([{ name: 'server', todos: [{ ...todo, subject: 'fe-2' }, timed] }]);
  const { urgent, complete } = await world.open(2);
  const [{ task } = { task: 0 }, { task: other } = { task: 0 }] = urgent;
  const detailsAt = async (days: number, event: string) => {
    await temporal.skipTo(now + days * day);
    await until(event, async () => (await world.history(task)).includes(event));
    return detailsOf(run);
  };

  expect(await detailsOf(run)).toContain(`**: ana, until ${at(10)}\n`);
  expect(await detailsAt(8, 'task reminder')).toContain('- waits for: **2 tasks**');
  await temporal.skipTo(now + 11 * day);
  await until('the overdue task', async () => (await world.see()).tasks?.overdue === 1);
  expect(await detailsOf(run)).toContain('- waits for: **2 tasks, 1 of them overdue**');
  expect(await detailsAt(15, 'task escalated')).toContain(`**: ana, until ${at(10)}, overdue, escalated to otto`);
  await temporal.skipTo(now + 28 * day);

  expect(await world.history(task)).toEqual(['task opened', 'task reminder', 'task escalated']);
  expect(await world.history(other)).toEqual(['task opened']);
  for (const number of [task, other])
    await world.update('completeTask', { ...complete, task: number, by: 'ana', evidence });
  expect(await run.result()).toMatchObject([[{ task: other }, { task, kind: 'done' }]]);
  expect((await eventTypes(run)).length).toBeLessThan(700); // four weeks of looking now and then
});

it('is not reminded of once more by the run that goes on after it', async () => {
  const now = await temporal.now();
  const timed = { ...todo, reminder: new Date(now + day).toISOString() };
  const first = await world.start([{ name: 'server', todos: [{ ...timed, subject: 'again' }] }]);
  const { urgent } = await world.open(1);
  const task = urgent[0]?.task ?? 0;
  await temporal.skipTo(now + 2 * day);
  await until('the reminder', async () => (await world.history(task)).length === 2);
  await first.terminate();
  await world.start([{ name: 'server', todos: [{ ...timed, subject: 'again' }] }]);
  await world.open(1);
  await temporal.skipTo(now + 4 * day);
  expect((await world.tasks()).at(-1)).toMatchObject({ task, reminded: true });
  expect(await world.history(task)).toEqual(['task opened', 'task reminder']);
});

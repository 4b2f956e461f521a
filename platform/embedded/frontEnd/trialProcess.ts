/**
 * The process of a trial: loads instances as a front end would and serves nobody. It is sent a `TrialRequest`; it tells each
 * `TrialAnswer`, by null that it begins and every second that it is not held up, and ends with 0 when nothing has ended it before.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { openApplicationDatabase } from './applicationDatabase.js';
import { forbidEnding } from './ending.js';
import { messageOf } from './errorLog.js';
import { installHost } from './host.js';
import { instanceLoader } from './instance.js';
import type { TrialAnswer, TrialRequest } from './trial.js';

/** Milliseconds that what modules have left running has to show whether it ends the process. */
const afterwards = 100;

/** Milliseconds between two signs of life: of loading what is consumed nothing else is told. */
const beat = 1_000;

process.umask(0o077);
const [{ dataFolder, environment, release, instances, settings }] = (await once(process, 'message')) as [TrialRequest];
const tell = (message: TrialAnswer | null) =>
  new Promise((resolve) => {
    process.send?.(message, undefined, {}, resolve);
  });

installHost({
  frontEnd: 'trial',
  environment,
  release,
  applicationDatabase: openApplicationDatabase(dataFolder, environment),
  // What they log now, they log again where they serve.
  errors: { write: () => undefined, flush: async () => undefined },
  log: pino({ level: 'silent' }),
  setting: (module, key) => settings[module]?.[key],
});
const allowEnding = forbidEnding();
// As in a front end, where these are errors in the background.
process.on('uncaughtException', () => undefined);
process.on('unhandledRejection', () => undefined);

await tell(null);
setInterval(() => void tell(null), beat).unref();
const loadInstance = instanceLoader(dataFolder);
for (const instance of instances) {
  await tell([instance, await loadInstance({ instance }).then(() => null, messageOf)]);
}
await delay(afterwards);
allowEnding();
process.exit();

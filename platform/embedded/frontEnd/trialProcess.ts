/**
 * The process of a trial: loads instances as a front end would and serves nobody. Its one argument is a `TrialRequest` as JSON; it
 * tells that it begins, by null, then each `TrialAnswer`, and ends with 0 when nothing has ended it before.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { openApplicationDatabase } from './applicationDatabase.js';
import { forbidEnding } from './ending.js';
import { messageOf } from './errorLog.js';
import { installHost } from './host.js';
import { loadInstance } from './instance.js';
import type { TrialAnswer, TrialRequest } from './trial.js';

/** Milliseconds that what modules have left running has to show whether it ends the process. */
const afterwards = 100;

process.umask(0o077);
const { dataFolder, environment, release, modules, settings } = JSON.parse(process.argv[2] ?? '{}') as TrialRequest;
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
for (const [module, instance] of modules) {
  await tell([module, await loadInstance(dataFolder, { module, instance }).then(() => null, messageOf)]);
}
await delay(afterwards);
allowEnding();
process.exit();

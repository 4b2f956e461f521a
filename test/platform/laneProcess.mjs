/**
 * A process of its own that works on a data folder, run from what `npm run build` has made. Its one argument is JSON; it prints a
 * line of JSON for each thing that happens.
 */
import { inTransaction, nowText } from '../../dist/platform/embedded/database.js';
import { openEmbeddedContext } from '../../dist/platform/embedded/platform.js';
import { embeddedPreparation } from '../../dist/platform/embedded/preparation/preparation.js';

const request = JSON.parse(process.argv[2] ?? '{}');
const context = openEmbeddedContext(request.dataFolder, request.settings);

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Lanes until nothing is pending. `stopAfterClaim`: stops itself, as by SIGSTOP from outside, right after its first claim. */
async function prepare({ preparation, lanes, stopAfterClaim }) {
  let stopped = false;
  const heartbeat = () => {
    if (!stopAfterClaim || stopped) return;
    stopped = true;
    process.kill(process.pid, 'SIGSTOP');
  };
  const lane = async (index) => {
    for (;;) {
      const turn = await embeddedPreparation(context).prepareNextGroup(
        { preparation, claimedBy: `process ${process.pid} lane ${index}` },
        { signal: new AbortController().signal, heartbeat },
      );
      tell(turn);
      if (turn.kind === 'nothing pending') return;
      if (turn.kind === 'waiting') await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
}

/** Transactions that read before they write. */
async function write({ transactions }) {
  for (let done = 0; done < transactions; done++) {
    await inTransaction(context.database, async (transaction) => {
      const { last } = await transaction
        .selectFrom('error_log')
        .select((eb) => eb.fn.max('id').as('last'))
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('error_log')
        .values({ environment: 'Development', message: `after ${last ?? 0}`, at: nowText })
        .execute();
    });
  }
}

try {
  await { prepare, write }[request.work](request);
} catch (error) {
  tell({ kind: 'error', code: error.code ?? null, message: String(error) });
}
await context.database.destroy();

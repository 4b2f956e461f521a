/** Whatever a module does to the process that loads it, it does to a trial: no front end gets it, and all go on as they were. */
import { it } from 'vitest';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { publishModule } from './publishing.js';
import { published } from './tinyFactory.js';

const nodeProcess = `(globalThis as unknown as { process: any }).process`;

it.concurrent.for<readonly [what: string, code: string, reason: RegExp]>([
  ['calls process.exit', `${nodeProcess}.exit();`, /it called process\.exit/],
  [
    'crashes',
    `${nodeProcess}.getBuiltinModule('child_process').execSync('kill -SEGV $PPID');`,
    /its process ended \(SIGSEGV\)/,
  ],
  ['never ends', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);', /its process was silent for 15 s/],
  ['waits for ever', 'await new Promise(() => undefined);', /was not loaded within 10 s/],
  ['takes all memory', 'const all: number[][] = []; for (;;) all.push(new Array(1e6).fill(0.5));', /its process ended/],
])(
  'APPS-01 a module that %s when it is loaded reaches no front end, and goes on as it was',
  async ([_what, code, reason], { expect, onTestFinished }) => {
    const tiny = await published({ one: {} });
    const { database } = tiny.context;
    const wanted = () => database.selectFrom('wanted_modules').select(['instance', 'token']).execute();
    await obedientFrontEnds(tiny, onTestFinished);
    await publishModule(tiny, 'one', { source: 'export const one = 1;\n' });
    const before = await wanted();

    const publishing = publishModule(tiny, 'one', { source: `export const two = 2;\n${code}\n` });

    await expect(publishing).rejects.toMatchObject({
      code: 'FRONT_END_TIMEOUT',
      parts: { what: expect.stringMatching(reason) },
    });
    expect(await wanted()).toEqual(before);
    expect(await database.selectFrom('locks').selectAll().execute()).toEqual([]);
  },
);

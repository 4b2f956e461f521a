/**
 * A process that takes a turn to compile, by the code that `npm run build` has made, and has it until its standard input ends. Its one
 * argument is JSON.
 */
import { once } from 'node:events';
import { compilerPool } from '../../dist/platform/embedded/compile/compilerPool.js';
import { compilerTurns } from '../../dist/platform/embedded/compile/compilerTurns.js';

const { file, places, purpose, lease } = JSON.parse(process.argv[2]);
const { signal } = new AbortController();
const left = once(process.stdin.resume(), 'end');

await compilerPool(compilerTurns(file, places, lease))({ purpose, signal }, async () => {
  process.stdout.write('begun');
  await left;
});

/**
 * The mutation run, a folder after the other: `node test/run/mutation.mjs [WORD…] [OPTION…]`. Words choose folders, options are
 * Stryker's. A folder that has ended is kept: a run that was stopped goes on with the folder it was in.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const { mutate, incrementalFile } = read('stryker.config.json');
const left = mutate.filter((pattern) => pattern.startsWith('!'));
const given = process.argv.slice(2);
const firstOption = given.findIndex((text) => text.startsWith('-'));
const words = firstOption < 0 ? given : given.slice(0, firstOption);
const options = given.slice(words.length);
const folders = mutate.filter(
  (pattern) => !left.includes(pattern) && (words.length === 0 || words.some((word) => pattern.includes(word))),
);

for (const folder of folders) {
  const patterns = [folder, ...left].join(',');
  const { status } = spawnSync('stryker', ['run', '--mutate', patterns, ...options], { stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(status ?? 1);
}
const { files } = read(incrementalFile);
for (const folder of folders) console.log(scoreOf(folder));

/** Of what could be noticed at all: what only runs as a file is loaded does not count, nor what no longer compiles. */
function scoreOf(folder) {
  const mutants = Object.entries(files)
    .filter(([file]) => path.dirname(file) === path.dirname(folder))
    .flatMap(([, file]) => file.mutants);
  const count = (...states) => mutants.filter(({ status }) => states.includes(status)).length;
  const seen = count('Killed', 'Timeout');
  const unseen = count('Survived', 'NoCoverage');
  return `${path.dirname(folder)}: ${((100 * seen) / (seen + unseen)).toFixed(1)} %, ${seen} seen, ${unseen} not (${count('NoCoverage')} of them by no test met)`;
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

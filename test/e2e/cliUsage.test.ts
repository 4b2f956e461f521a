/** What the command line says before it needs anything to run: help, wrong words, nothing started. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { exitCodes } from '../../domain/errors.js';
import { uplift } from './cliTerminal.js';

const commands = [
  'up',
  'demo',
  'doctor',
  'validate',
  'plan',
  'upgrade',
  'status',
  'watch',
  'history',
  'report',
  'approve',
  'reject',
  'go-live',
  'rollback',
  'pause',
  'resume',
  'prepare',
  'retry',
  'deploy',
  'publish',
  'publish-all',
  'modules',
  'why',
  'schedule',
  'worker',
  'completion',
];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uplift-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it.each(commands)('%s shows examples first and takes --data and --json', async (command) => {
  const { exit, out } = await uplift(command, '--help');
  expect(exit).toBe(0);
  expect(out).toMatch(new RegExp(`^Examples:\n  uplift ${command}`));
  expect(out).toContain(`Usage: uplift ${command}`);
  expect(out).toContain('--data <dir>');
  expect(out).toContain('--json');
});

it('lists every command, with examples before anything else', async () => {
  const { exit, out } = await uplift('--help');
  expect(exit).toBe(0);
  expect(out).toMatch(/^Examples:\n {2}uplift /);
  for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} +\\S`, 'm'));
});

it('docs/cli.md has every command, every option and every exit code', async () => {
  const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
  for (const command of commands) {
    expect(docs).toMatch(new RegExp(`^\\| \`${command}[ \`]`, 'm'));
    const { out } = await uplift(command, '--help');
    if (command === 'up' || command === 'demo') continue; // their options are about starting
    for (const [, option = ''] of out.matchAll(/^ {2}(--[a-z-]+)/gm)) expect(docs).toContain(option);
  }
  for (const code of Object.values(exitCodes)) expect(docs).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

it('without a command the help is talk, and the call was wrong', async () => {
  const { exit, out, err } = await uplift();
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain('Usage: uplift');
});

it('tells its version', async () => {
  expect(await uplift('--version')).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
});

const wrong: readonly (readonly [words: string, what: string, next: string])[] = [
  ['statsu', "unknown command 'statsu' (Did you mean status?)", 'uplift --help'],
  ['status --jsn', "unknown option '--jsn' (Did you mean --json?)", 'uplift status --help'],
  ['status one two', 'too many arguments', 'uplift status --help'],
  ['upgrade', 'No release is named', 'uplift upgrade --to 11.41.0'],
  ['upgrade /nowhere/plan.json', '/nowhere/plan.json is not a plan', 'uplift plan -o plan.json'],
  ['plan -o /no/such/dir/x.html', '/no/such/dir/x.html cannot be written: there is no folder /no/such/dir', '-o'],
  ['report -o /', '/ cannot be written: it is a folder', 'name another file'],
  ['completion tcsh', "value 'tcsh' is invalid", 'uplift completion --help'],
  ['upgrade --to eleven', '"eleven" is not a version', 'such as 11.41.0'],
  ['approve', "required option '--as <name>' not specified", 'uplift approve --help'],
  ['reject --as ana', "required option '--reason <text>' not specified", 'uplift reject --help'],
  ['pause --as ana', "required option '--reason <text>' not specified", 'uplift pause --help'],
  ['pause --as ana --reason why --run everything', "argument 'everything' is invalid", 'uplift pause --help'],
  [
    'pause --as ana --reason why --run prepare --all',
    "'--all' cannot be used with option '--run",
    'uplift pause --help',
  ],
  ['pause Production --as ana --reason why --all', 'Production is named', 'leave out Production or --all'],
  ['modules --state broken', "argument 'broken' is invalid", 'uplift modules --help'],
  ['why', 'No module is named', 'uplift why --help'],
  ['publish', 'No module is named', 'uplift publish --help'],
  ['publish claims --source /nowhere', '/nowhere is no folder', 'the folder of a module'],
  ['schedule --pause', '--pause needs a reason', 'add --reason'],
  ['schedule --now --delete', 'cannot be used with option', 'uplift schedule --help'],
  ['worker --role cook', 'Choose orchestrator, compile or host:NAME', 'uplift worker --help'],
  ['worker --metrics-port many', 'It has to be a port', 'uplift worker --help'],
];

it.each(wrong)('uplift %s: says what is wrong and what to do, exit code 2', async (words, what, next) => {
  const { exit, out, err } = await uplift(...words.split(' '));
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain(what);
  expect(err).toContain(next);
});

const long = 'x'.repeat(100_000);
it.each<[words: readonly string[], what: string]>([
  [['approve', '--as', long], '--as has 100,000 characters, 200 are the most, and begins with "xxx'],
  [['approve', '--as', 'ana', '--gate', long], '--gate has 100,000'],
  [['approve', '--as', 'ana', '--accept', 'a', long, '--reason', 'why'], '--accept has 100,000'],
  [['approve', '--as', 'ana\nbo'], '--as has a character that no line shows (U+000A) in "ana\\nbo"'],
  [['pause', '--as', 'ana', '--reason', long], '--reason has 100,000 characters, 2,000 are the most'],
  [['status', long], 'environment has 100,000'],
  [['why', 'Development', long], 'module has 100,000'],
  [['upgrade', '--to', long], '--to has 100,000'],
  [['upgrade', '--to', '11.41.0', '--requested-by', long], '--requested-by has 100,000'],
])('what is too long is refused with the limit before anything is asked, exit code 2 (%#)', async (words, what) => {
  const { exit, out, err } = await uplift(...words);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain(what);
  expect(err.length).toBeLessThan(400);
});

it('with --json a wrong call is one document on standard output and no talk', async () => {
  const ran = await uplift('approve', '--json');
  expect(ran).toMatchObject({ exit: 2, err: '' });
  expect(ran.json()).toEqual({
    error: {
      code: 'INPUT_INVALID',
      message: "required option '--as <name>' not specified",
      next: 'uplift approve --help',
    },
  });
});

const needRunning = commands.filter(
  (command) => !['up', 'demo', 'doctor', 'validate', 'worker', 'completion'].includes(command),
);
const complete: Record<string, string> = {
  upgrade: '--to 11.41.0',
  approve: '--as ana',
  reject: '--as ana --reason why',
  'go-live': '--as ana',
  rollback: '--as ana --reason why',
  pause: '--as ana --reason why',
  resume: '--as ana --reason why',
  publish: 'claims',
  why: 'claims',
};

it.each(needRunning)('%s where nothing runs: NOT_RUNNING names the folder and uplift up', async (command) => {
  const folder = await emptyFolder();
  const options = complete[command]?.split(' ') ?? [];
  const ran = await uplift(command, ...options, '--data', folder, '--json');
  expect(ran.exit).toBe(1);
  expect(ran.json()).toEqual({
    error: {
      code: 'NOT_RUNNING',
      message: expect.stringContaining(folder),
      next: expect.stringContaining(`uplift up --data ${folder}`),
    },
  });
});

it('UPLIFT_DATA names the data folder, and --data wins', async () => {
  vi.stubEnv('UPLIFT_DATA', '/nowhere/by-environment');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect((await uplift('status')).err).toContain('/nowhere/by-environment');
  expect((await uplift('status', '--data', '/nowhere/by-option')).err).toContain('/nowhere/by-option');
});

it('doctor finds what is missing on a machine where nothing runs, exit code 1', async () => {
  const folder = await emptyFolder();
  const ran = await uplift('doctor', '--data', folder, '--json');
  expect(ran.exit).toBe(1);
  expect(ran.json()).toMatchObject({
    ok: false,
    findings: [
      { check: 'Node', ok: true },
      { check: 'data folder', ok: true, detail: expect.stringContaining(folder) },
      { check: 'run file', ok: false, next: `uplift up --data ${folder}` },
    ],
  });
});

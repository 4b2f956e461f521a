/** Commands as programs of a host: what they are given, how they end, what is kept of their output, and that nothing is done twice. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendSignal, startTimeOf } from '../../platform/processes/systemProcesses.js';
import { until } from '../e2e/until.js';
import { commandHost, letGo, pidsIn, request, run, untilLetGo, untilLines, waiting } from './commandHost.js';

const moment = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('a command that ends', () => {
  it('is reported with its words, its times, the end of its output and what it has told', async () => {
    const host = await commandHost({
      'upgrade-server': `echo "upgrading $1"; echo 'uplift: {"version":"11.41.0","failed":["a"]}'; echo ended >&2`,
    });

    const report = await run(host, request(['upgrade-server', '{frontEnd}', '--to={release}']));

    expect(report).toEqual({
      host: 'controller',
      command: 'upgrade-server fe-1 --to=11.41.0',
      attempt: 1,
      outcome: 'done',
      exitCode: 0,
      signal: null,
      started: moment,
      ended: moment,
      tail: expect.stringContaining('upgrading fe-1'),
      outputFile: path.join(host.attemptFolder(), 'output.txt'),
      result: { version: '11.41.0', failed: ['a'] },
      remarks: ['It ended with exit code 0'],
    });
    expect(readFileSync(report.outputFile, 'utf8').split('\n').sort()).toEqual([
      '',
      'ended',
      'upgrading fe-1',
      'uplift: {"version":"11.41.0","failed":["a"]}',
    ]);
  });

  it.each([
    { code: 0, outcome: 'done' },
    { code: 1, outcome: 'reboot needed' },
    { code: 2, outcome: 'failed' },
    { code: 9, outcome: 'failed' },
  ])('with exit code $code is $outcome, as its plan says', async ({ code, outcome }) => {
    const host = await commandHost({ install: `exit ${code}` });
    const command = { done: [0], reboot: [1], failed: [2] };
    expect(await run(host, request(['install'], { command }))).toMatchObject({ outcome, exitCode: code });
  });

  it('by a signal leaves it unknown whether it is done', async () => {
    const host = await commandHost({ install: 'kill -KILL $$' });
    expect(await run(host, request(['install']))).toMatchObject({
      outcome: 'unknown',
      exitCode: null,
      signal: 'SIGKILL',
      remarks: ['It was ended by the signal SIGKILL'],
    });
  });

  it('has failed when the system cannot start it', async () => {
    const host = await commandHost({ install: '' });
    writeFileSync(path.join(host.folder, 'install'), '#!/no/such/interpreter\n');
    expect(await run(host, request(['install']))).toMatchObject({
      outcome: 'failed',
      remarks: [expect.stringMatching(/^It could not be started: spawn .*ENOENT/)],
    });
  });

  it('is reported although a child that it leaves behind holds its output open, and that child goes on', async () => {
    const host = await commandHost({ install: 'sleep 600 & echo $! > child; echo begun' });

    const report = await run(host, request(['install']));

    const [child = 0] = await pidsIn(host, 'child');
    onTestFinished(() => void sendSignal(child, 'SIGKILL'));
    expect(report).toMatchObject({ outcome: 'done', tail: 'begun' });
    expect(await startTimeOf(child)).toBeDefined();
  });
});

describe('a command gets', () => {
  it('what names its place, what its host gives it, and of the worker’s environment only what a program needs to run', async () => {
    const host = await commandHost(
      { show: 'env | sort' },
      { more: { show: '    environment:\n      SITE: lisbon\n      PASSWORD: { file: SECRET }\n' } },
    );
    const secret = path.join(host.folder, 'secret');
    writeFileSync(secret, 'open sesame\n');
    writeFileSync(host.file, readFileSync(host.file, 'utf8').replace('SECRET', secret));
    const others = ['NOT_ITS_BUSINESS', 'UPLIFT_LOG_LEVEL', 'UPLIFT_SUPERVISED'];
    for (const name of others) process.env[name] = 'of somebody else';
    onTestFinished(() => {
      for (const name of others) delete process.env[name];
    });

    const { outputFile } = await run(host, request(['show']));

    const shown = readFileSync(outputFile, 'utf8').split('\n');
    expect(shown).toEqual(
      expect.arrayContaining([
        ...['UPLIFT_TOKEN=5', 'UPLIFT_UPGRADE=acme#7', 'UPLIFT_INFRASTRUCTURE=acme', 'UPLIFT_ENVIRONMENT=Production'],
        ...['UPLIFT_RELEASE=11.41.0', 'UPLIFT_STEP=server', 'UPLIFT_FRONT_END=fe-1', 'UPLIFT_ATTEMPT=1'],
        ...['SITE=lisbon', 'PASSWORD=open sesame', `PATH=${process.env['PATH']}`],
      ]),
    );
    const names = shown.map((line) => line.split('=')[0] ?? '').filter((name) => !/^(_|PWD|SHLVL|OLDPWD|)$/.test(name));
    const needed =
      /^(PATH|HOME|USER|LOGNAME|TZ|LANG|LC_[A-Z]+|TMPDIR|SITE|PASSWORD|UPLIFT_(TOKEN|UPGRADE|INFRASTRUCTURE|ENVIRONMENT|RELEASE|STEP|SUBJECT|FRONT_END|ATTEMPT|COMMAND))$/;
    expect(names.filter((name) => !needed.test(name))).toEqual([]);
  });

  it('arguments as they are: no shell reads them, and what is in a value stays one argument', async () => {
    const host = await commandHost({ show: `printf '%s\\n' "$@"` });
    const words = ['show', '$(touch made); `touch made` > made', '{zone}', '*'];
    const { outputFile } = await run(host, request(words, { values: { zone: 'north side' } }));
    expect(readFileSync(outputFile, 'utf8')).toBe('$(touch made); `touch made` > made\nnorth side\n*\n');
    expect(host.lines('made')).toEqual([]);
  });

  it('files of its own as the worker would make them, although the journal is its owner’s alone', async () => {
    const host = await commandHost({ make: 'touch made' });
    const umask = process.umask(0o022);
    onTestFinished(() => void process.umask(umask));
    await run(host, request(['make']));
    expect(statSync(path.join(host.folder, 'made')).mode & 0o777).toBe(0o644);
    expect(statSync(path.join(host.attemptFolder(), 'output.txt')).mode & 0o777).toBe(0o600);
  });
});

describe('what is told of an output', () => {
  it('has no secret of the host’s file, no colour, and nothing that is not seen', async () => {
    const secret = path.join((await commandHost({})).folder, 'secret');
    writeFileSync(secret, 'open sesame\n');
    const host = await commandHost(
      {
        show: `printf '\\033[31mred\\033[0m \\001 %s\\r\\n' "$PASSWORD"; printf 'uplift: {"password":"%s"}\\n' "$PASSWORD"`,
      },
      { more: { show: `    environment: { PASSWORD: { file: ${secret} } }\n` } },
    );
    const beats: Record<string, unknown>[] = [];
    const report = await host.commands.run(request(['show']), waiting(undefined, beats));
    expect(report).toMatchObject({
      tail: 'red \uFFFD •••\nuplift: {"password":"•••"}',
      result: { password: '•••' },
    });
    expect(JSON.stringify([report, beats])).not.toContain('sesame');
  });

  it('is the last 2 KB at most, also while the command goes on', async () => {
    const host = await commandHost({ talk: `yes "ação, many words" | head -n 10000; touch said; ${untilLetGo}` });
    const beats: Record<string, unknown>[] = [];
    const running = host.commands.run(request(['talk']), waiting(undefined, beats));
    await until(
      'the end of its words',
      () => String(beats.at(-1)?.['tail']).endsWith('ação, many words') && host.lines('said'),
    );
    await until('a heartbeat', () => Buffer.byteLength(String(beats.at(-1)?.['tail'])) > 1_900);
    letGo(host);
    const { tail } = await running;
    expect(Buffer.byteLength(tail)).toBeGreaterThan(1_900);
    for (const told of [tail, ...beats.map((beat) => String(beat['tail']))])
      expect(Buffer.byteLength(told)).toBeLessThanOrEqual(2_048);
  });

  it('leaves a result out that is no object, too long or hostile, and says so', async () => {
    const host = await commandHost({ tell: `printf 'uplift: {"__proto__":{"admin":true}}\\n'` });
    expect(await run(host, request(['tell']))).toMatchObject({
      outcome: 'done',
      result: null,
      remarks: ['It ended with exit code 0', 'Its result has the name __proto__, and is left out'],
    });
  });

  it('a flood of 100 MB is kept whole and takes no memory of the runner; beyond the limit its end is kept, and how much is not', async () => {
    const flood =
      'head -c 104857600 /dev/zero | tr "\\0" x; echo; echo \'uplift: {"counts":3}\'; grep VmHWM /proc/$PPID/status > peak';
    const host = await commandHost({ flood });
    const whole = await run(host, request(['flood']));
    expect(statSync(whole.outputFile).size).toBe(104_857_600 + 1 + 'uplift: {"counts":3}\n'.length);
    const [, kilobytes = '0'] = /(\d+) kB/.exec(host.lines('peak')[0] ?? '') ?? [];
    expect(Number(kilobytes)).toBeLessThan(150_000);

    const small = await commandHost({ flood }, { settings: { mostOutput: 1_000_000 } });
    const cut = await run(small, request(['flood']));
    expect(statSync(cut.outputFile).size).toBeLessThan(1_100_000);
    expect(cut).toMatchObject({
      outcome: 'done',
      result: { counts: 3 },
      remarks: [
        'It ended with exit code 0',
        expect.stringMatching(/^103,\d{3},\d{3} bytes of its output are not kept$/),
      ],
    });
    expect(readFileSync(cut.outputFile, 'utf8')).toMatch(
      /x\n… 103\d{6} bytes are left out here …\nx+\nuplift: \{"counts":3\}\n$/,
    );
  });
});

describe('a command that does not end', () => {
  it('has failed when its time is over, and is ended with the children that it has in other sessions and that hear no SIGTERM', async () => {
    const stubborn = `trap '' TERM; echo $$ >> pids; while :; do sleep 600; done`;
    const host = await commandHost({
      hang: `sh -c '${stubborn.replaceAll("'", `'"'"'`)}' & setsid sh -c 'echo $$ >> pids; exec sleep 600' & echo $$ >> pids; wait`,
    });

    const report = await run(host, request(['hang'], { command: { timeoutMinutes: 0.02 } }));

    expect(report).toMatchObject({ outcome: 'failed', exitCode: null, signal: null, ended: moment });
    expect(report.remarks).toEqual(['It was ended after 0.02 minutes: its time was over']);
    const pids = await pidsIn(host, 'pids', 3);
    expect(await Promise.all(pids.map(startTimeOf))).toEqual([undefined, undefined, undefined]);
  });

  it('is ended with all that it has started when its place is', async () => {
    const host = await commandHost({ hang: 'sleep 600 & echo $! >> pids; echo $$ >> pids; wait' });
    const running = run(host, request(['hang']));
    const pids = await pidsIn(host, 'pids', 2);

    const { infrastructure, environment, upgrade, step, subject } = request(['hang']);
    const asked = { infrastructure, environment, upgrade, step, subject };
    expect(await host.commands.end(asked)).toEqual([{ ...asked, attempt: 1 }]);

    expect(await Promise.all(pids.map(startTimeOf))).toEqual([undefined, undefined]);
    expect(await running).toMatchObject({
      outcome: 'unknown',
      remarks: [expect.stringContaining('its run was cancelled')],
    });
    expect(await host.commands.end(asked)).toEqual([]);
  });
});

describe('nothing is done twice', () => {
  const counting = `echo run >> runs; ${untilLetGo}; exit 0`;

  it('whoever asks while a command goes on waits for that one, and whoever asks again is answered from the journal', async () => {
    const host = await commandHost({ install: counting });
    const asking = request(['install']);
    const first = run(host, asking);
    await untilLines(host, 'runs');
    const [again, other] = [run(host, asking), run(host, request(['install']))];
    letGo(host);

    const reports = await Promise.all([first, again, other]);
    const later = await run(host, request(['install']));

    expect(reports).toEqual([later, later, later]);
    expect(host.lines('runs')).toEqual(['run']);
  });

  it('what is done once a request is done again by the next one, not by the same', async () => {
    const host = await commandHost({ drain: 'echo run >> runs' });
    const asking = request(['drain'], { oncePer: 'request' });
    await run(host, asking);
    expect(await run(host, asking)).toMatchObject({ attempt: 1 });
    expect(await run(host, request(['drain'], { oncePer: 'request' }))).toMatchObject({ attempt: 2 });
    expect(host.lines('runs')).toEqual(['run', 'run']);
  });

  it('what failed is done again by the next request, and what needs a reboot when somebody says so', async () => {
    const host = await commandHost({ install: 'echo $UPLIFT_ATTEMPT >> runs; exit $UPLIFT_ATTEMPT' });
    const command = { reboot: [2], done: [3], failed: [1] };
    expect(await run(host, request(['install'], { command }))).toMatchObject({ attempt: 1, outcome: 'failed' });
    expect(await run(host, request(['install'], { command }))).toMatchObject({ attempt: 2, outcome: 'reboot needed' });
    expect(await run(host, request(['install'], { command }))).toMatchObject({ attempt: 2, outcome: 'reboot needed' });
    const after = request(['install'], { command, after: 2 });
    expect(await run(host, after)).toMatchObject({ attempt: 3, outcome: 'done' });
    expect(host.lines('runs')).toEqual(['1', '2', '3']);
  });
});

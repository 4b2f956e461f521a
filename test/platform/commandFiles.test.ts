/** Commands as people write them: the entry of uplift.yaml, the file of a host, and what a host refuses to run. */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHostFile } from '../../platform/commands/hostFile.js';
import { commandShape, describedCommand } from '../../store/infrastructure/command.js';
import { shapeComplaints } from '../../store/infrastructure/content.js';
import { readDocument } from '../../store/infrastructure/document.js';
import { commandHost, request, run } from './commandHost.js';
import { temporaryFolder } from './tinyFactory.js';

describe('the entry of a command', () => {
  const entry = {
    run: ['upgrade-server', '{frontEnd}', '{release}'],
    on: 'controller',
    timeoutMinutes: 90,
  };

  it('says what it leaves out', () => {
    expect(describedCommand(commandShape.parse(entry))).toEqual({
      ...entry,
      ...{ done: [0], reboot: [], failed: [], again: 'ask' },
    });
  });

  it('may say all of it', () => {
    const all = { ...entry, done: [0], reboot: [1, 3010], failed: [2], again: 'safe' };
    expect(describedCommand(commandShape.parse(all))).toEqual(all);
  });

  it.each([
    ['timeoutMinuts: 3', 'the file has no key "timeoutMinuts"; perhaps "timeoutMinutes" is meant; there are run, on,'],
    [
      'run: [up, "{fronEnd}"]',
      '"run", entry 2 is "{fronEnd}"; it has {fronEnd}; perhaps {frontEnd} is meant; there are',
    ],
    ['run: [/bin/sh, -c]', '"run", entry 1 is "/bin/sh"; the first is the name of a program'],
    ['run: ["{frontEnd}"]', '"run", entry 1 is "{frontEnd}"; the first is the name of a program'],
    ['run: [up, "a\\nb"]', '"run", entry 2 is "a\\nb"; a text is one line'],
    ['run: []', '"run" has 0 entries; at least 1 is needed'],
    ['timeoutMinutes: 0', '"timeoutMinutes" is 0; at least 1 is needed'],
    ['again: always', '"again" is the text "always"; it has to be one of "safe", "ask"'],
    ['reboot: [0]', '"reboot" is [0]; an exit code means one thing, and 0 stands in these lists twice'],
    ['done: [-1]', '"done", entry 1 is -1; at least 0 is needed'],
  ])('%s is refused', (text, complaint) => {
    const lines = { run: 'run: [up]', on: 'on: controller', timeoutMinutes: 'timeoutMinutes: 5' };
    const key = text.split(':')[0] ?? '';
    const document = readDocument(
      Object.entries({ ...lines, [key]: text })
        .map(([, line]) => line)
        .join('\n'),
    );
    const problems = document.root ? shapeComplaints(commandShape, document.root).map(({ problem }) => problem) : [];
    expect(problems.join('\n')).toContain(complaint);
  });
});

describe('the file of a host', () => {
  it('says programs, what they are given, and where the journal is', async () => {
    const text = `
state: /var/lib/uplift
programs:
  upgrade-server:
    path: /opt/site/upgrade.sh
    values: { frontEnd: 'fe-[0-9]+' }
    environment: { SITE: lisbon, KEY: { file: /etc/site/key }, WORD: { variable: SITE_WORD } }
`;
    expect(await readHostFile(written(text))).toEqual({
      state: '/var/lib/uplift',
      programs: {
        'upgrade-server': {
          path: '/opt/site/upgrade.sh',
          values: { frontEnd: 'fe-[0-9]+' },
          environment: { SITE: 'lisbon', KEY: { file: '/etc/site/key' }, WORD: { variable: 'SITE_WORD' } },
        },
      },
    });
  });

  it.each([
    ['programs: { up: { path: bin/up } }', '2:25: "path" is "bin/up"; a path begins at the root'],
    [
      'programs: { up: { path: /up, valus: {} } }',
      '2:30: "up" has no key "valus"; perhaps "values" is meant; there are path, values, environment',
    ],
    [
      'programs: { up: { path: /up, values: { front: a } } }',
      '"values" has no key "front"; perhaps "frontEnd" is meant',
    ],
    ['programs: { up: { path: /up, values: { zone: "(" } } }', '"zone" is "("; it is no regular expression'],
    [
      'programs: { up: { path: /up, environment: { UPLIFT_TOKEN: a } } }',
      '"UPLIFT_TOKEN" is no name that is possible here; variables that begin with UPLIFT_',
    ],
    ['programs: { up: { path: /up, environment: { A: { file: key } } } }', 'a path begins at the root'],
    ['programs: { "../up": { path: /up } }', '"../up" is no name that is possible here; a program has a name'],
    ['program: {}', 'the file has no key "program"; perhaps "programs" is meant'],
  ])('with %s is refused, with the place', async (line, complaint) => {
    const file = written(`state: /var/lib/uplift\n${line}\n`);
    await expect(readHostFile(file)).rejects.toMatchObject({
      code: 'HOST_FILE_INVALID',
      message: expect.stringContaining(complaint),
    });
  });

  it.each([
    [
      'its own mode',
      (file: string) => chmodSync(file, 0o620),
      /commands\.yaml may be changed by others \(mode 0620\): chmod go-w/,
    ],
    [
      'the mode of its folder',
      (file: string) => chmodSync(path.dirname(file), 0o777),
      /may be changed by others \(mode 0777\)/,
    ],
    ['its absence', (file: string) => rmSync(file), /cannot be read \(ENOENT\)/],
  ])('is refused for %s', async (_, spoil, message) => {
    const file = written('state: /var/lib/uplift\nprograms: {}\n');
    spoil(file);
    await expect(readHostFile(file)).rejects.toMatchObject({
      code: 'HOST_FILE_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('is looked at where a link leads', async () => {
    const file = written('state: /var/lib/uplift\nprograms: {}\n');
    const link = path.join(temporaryFolder(), 'link.yaml');
    symlinkSync(file, link);
    await expect(readHostFile(link)).resolves.toMatchObject({ programs: {} });
    chmodSync(file, 0o602);
    await expect(readHostFile(link)).rejects.toMatchObject({ code: 'HOST_FILE_INVALID' });
  });
});

describe('a host refuses, naming itself and its file,', () => {
  it.each<[string, Parameters<typeof request>, RegExp]>([
    ['a program that its file does not allow', [['reboot']], /allows no program reboot/],
    ['one whose name every object knows', [['constructor']], /allows no program constructor/],
    [
      'what is planned for another host',
      [['up'], { command: { on: 'lifetime' } }],
      /The plan runs up on the host lifetime/,
    ],
    ['a value that begins with "-"', [['up', '{zone}'], { values: { zone: '-rf' } }], /zone begins with "-": "-rf"/],
    [
      'a value that breaks a line',
      [['up', '{zone}'], { values: { zone: 'a\nb' } }],
      /zone has a character that no line shows/,
    ],
    [
      'a value that its own pattern does not match as a whole',
      [['up'], { values: { frontEnd: 'fe-10x' } }],
      /is run where frontEnd matches fe-\[0-9\]\+/,
    ],
    [
      'a step without the value',
      [['up', '{snapshot}']],
      /up takes \{snapshot\}, and the step server has none for fe-1/,
    ],
    ['a subject that leads out of the journal', [['up'], { subject: '..' }], /subject is "\.\."/],
  ])('%s', async (_, [words, more], message) => {
    const host = await commandHost(
      { up: 'echo run >> runs' },
      { more: { up: '    values: { frontEnd: "fe-[0-9]+" }\n' } },
    );
    await expect(run(host, request(words, more))).rejects.toMatchObject({
      code: 'COMMAND_REFUSED',
      message: expect.stringMatching(message),
      parts: { blockedBy: `the host controller, whose file is ${host.file}` },
    });
    expect(host.lines('runs')).toEqual([]);
  });

  it.each<[string, (program: string) => void, RegExp]>([
    ['is missing', (program) => rmSync(program), /and that cannot be found \(ENOENT\)/],
    ['is not executable', (program) => chmodSync(program, 0o600), /and that is not executable: chmod u\+x/],
    [
      'is a folder',
      (program) => {
        rmSync(program);
        mkdirSync(program);
      },
      /and that is no file/,
    ],
    ['others may change', (program) => chmodSync(program, 0o722), /may be changed by others \(mode 0722\)/],
  ])('a program that %s; it is run when that is mended', async (_, spoil, message) => {
    const host = await commandHost({ up: 'echo run >> runs' });
    const program = path.join(host.folder, 'up');
    spoil(program);
    await expect(run(host, request(['up']))).rejects.toMatchObject({
      code: 'COMMAND_REFUSED',
      message: expect.stringMatching(message),
      parts: { blockedBy: expect.stringContaining(host.file) },
    });
    rmSync(program, { recursive: true, force: true });
    writeFileSync(program, '#!/bin/sh\necho mended >> runs\n', { mode: 0o700 });
    expect(await run(host, request(['up']))).toMatchObject({ attempt: 1, outcome: 'done' });
    expect(host.lines('runs')).toEqual(['mended']);
  });

  it('everything while its file has mistakes, without telling what stands there', async () => {
    const host = await commandHost({ up: '' });
    writeFileSync(host.file, `state: ${host.state}\nprograms: { up: { path: /up, environment: { PIN: 271828 } } }\n`);
    const refused = run(host, request(['up']));
    await expect(refused).rejects.toMatchObject({
      code: 'COMMAND_REFUSED',
      message: expect.stringContaining('has mistakes'),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('271828') });
  });

  it('a program whose secret cannot be read', async () => {
    const host = await commandHost({ up: '' }, { more: { up: '    environment: { KEY: { file: /no/such/key } }\n' } });
    await expect(run(host, request(['up']))).rejects.toMatchObject({
      code: 'COMMAND_REFUSED',
      message: expect.stringMatching(/up is given KEY by .*, and that cannot be read: ENOENT/),
    });
  });
});

function written(text: string): string {
  const file = path.join(temporaryFolder(), 'commands.yaml');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

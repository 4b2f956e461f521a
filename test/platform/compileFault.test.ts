/** Groups that end without verdicts: the compiler breaks down, cannot be understood, or is no longer wanted. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProducerDeclarations } from '../../platform/embedded/compile/group.js';
import { loadRelease, type Release } from '../../platform/embedded/compile/release.js';
import { projectFile } from '../../platform/embedded/compile/staging.js';
import { inWorkFolder, sweepWorkFolders } from '../../platform/embedded/compile/workFolder.js';
import { compile, dataFolder, javascript, member, native, unit, workFolders, writeRelease } from './compileFixtures.js';

const data = dataFolder();
afterAll(data.remove);

const units = [unit(member('@acme/claims', 'export const one = 1;\n'))];

/** Types of which each has tens of thousands of members. */
const large = `type Rule<D extends unknown[], P extends string> = D extends [unknown, ...infer R] ? Rule<R, \`\${P}a\`> | Rule<R, \`\${P}b\`> : P;
type Depth = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
${Array.from({ length: 10 }, (_, rule) => `export const rule${rule} = (x: Rule<Depth, 'r${rule}-'>): string => x;`).join('\n')}`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.each([native, javascript])('typescript %s', (compiler) => {
  let release: Release;
  beforeAll(async () => {
    writeRelease(data.folder, { version: compiler, compiler });
    release = await loadRelease(data.folder, compiler);
  });

  it('PREP-01 makes a fault of the group, and leaves no folder, when the compiler is killed', async () => {
    const onSpawn = (pid: number) => void process.kill(pid, 'SIGKILL');
    await expect(compile(release, units, { onSpawn })).rejects.toMatchObject({
      code: 'COMPILER_FAULT',
      message: expect.stringContaining(
        `typescript ${compiler}, compiling 1 units for ${compiler}, was ended by SIGKILL`,
      ),
    });
    expect(workFolders()).toEqual([]);
  });

  it('PREP-01 ends the compiler, leaves no folder and says what gives it more, when it wants more memory than it may take', async () => {
    await expect(compile(release, [unit(member('@acme/claims', large))], { memory: 16 })).rejects.toMatchObject({
      code: 'COMPILER_FAULT',
      parts: {
        what: expect.stringContaining('wanted more memory than the 16 MB it may take (UPLIFT_COMPILER_MEMORY)'),
        next: 'set UPLIFT_COMPILER_MEMORY=32 where uplift up is started, and start it again',
      },
    });
    expect(workFolders()).toEqual([]);
  });

  it('a preparation gives way to what else the machine does, a publish does not', async () => {
    const priorities: number[] = [];
    const onSpawn = (pid: number) => void priorities.push(os.getPriority(pid));

    await compile(release, units, { purpose: 'preparation', onSpawn });
    await compile(release, units, { purpose: 'publish', onSpawn });

    const own = os.getPriority();
    expect(priorities).toEqual([own + os.constants.priority.PRIORITY_BELOW_NORMAL, own]);
  });

  it('PREP-01 ends the compiler, and leaves no folder, when the group is no longer wanted', async () => {
    const controller = new AbortController();
    let compilerPid = 0;
    const onSpawn = (pid: number) => {
      compilerPid = pid;
      controller.abort(new Error('cancelled'));
    };
    await expect(compile(release, units, { signal: controller.signal, onSpawn })).rejects.toThrow('cancelled');
    expect(compilerPid).toBeGreaterThan(0);
    expect(isAlive(compilerPid)).toBe(false);
    expect(workFolders()).toEqual([]);
  });

  it.each([
    ['unknown to the compiler', { bogus: true }, 'TS5023'],
    ['that ask for types which are not there', { types: ['node'] }, 'TS2688'],
  ])('PREP-01 charges no module with options %s', async (_, compilerOptions, code) => {
    const version = `${compiler}.${code}`;
    writeRelease(data.folder, { version, compiler, compilerOptions });
    await expect(compile(await loadRelease(data.folder, version), units)).rejects.toMatchObject({
      code: 'COMPILER_FAULT',
      message: expect.stringContaining(code),
    });
  });
});

describe('any compiler', () => {
  let release: Release;
  beforeAll(async () => {
    writeRelease(data.folder, { version: '11.0.0' });
    release = await loadRelease(data.folder, '11.0.0');
  });

  /** A release whose compiler is `script`, run by Node. */
  function compiledBy(script: string): Release {
    return { ...release, compiler: { ...release.compiler, command: process.execPath, args: ['-e', script] } };
  }

  it.each([
    [
      'crashes with the code of ordinary errors',
      "console.error('panic: nil map'); process.exit(2)",
      'broke down. It ended with: panic: nil map',
    ],
    ['ends with a code of no meaning', "console.log('11:00:00 AM - going'); process.exit(7)", 'ended with code 7'],
    ['builds nothing', '', 'built other projects than it was given'],
    ['says what no module is answerable for', "console.log('Killed by a friend')", 'Killed by a friend'],
    [
      'writes nothing',
      "console.log(`1:00:00 AM - Building project 'projects/@acme+claims.json'...`)",
      'left a module without its output',
    ],
  ])('PREP-01 makes a fault of the group when it %s', async (_, script, words) => {
    await expect(compile(compiledBy(script), units)).rejects.toMatchObject({
      code: 'COMPILER_FAULT',
      message: expect.stringContaining(words),
    });
    expect(workFolders()).toEqual([]);
  });

  it('PREP-01 ends it, says where it was, and leaves no folder, when it does not end in its time', async () => {
    const two = [...units, unit(member('@acme/money', 'export const two = 2;\n'))];
    const building = two.map(({ id }) => `1:00:00 AM - Building project 'projects/${projectFile(id)}'...`).join('\n');
    const endless = compiledBy(`console.log(${JSON.stringify(building)}); setInterval(() => {}, 1000)`);
    let compilerPid = 0;
    const onSpawn = (pid: number) => {
      compilerPid = pid;
    };

    await expect(compile(endless, two, { patience: 1_000, onSpawn })).rejects.toMatchObject({
      code: 'COMPILER_TIMEOUT',
      class: 'fail',
      parts: { what: `typescript ${native}, compiling 2 units for 11.0.0, was ended after 1 s; it was at @acme/money` },
    });
    expect(compilerPid).toBeGreaterThan(0);
    expect(isAlive(compilerPid)).toBe(false);
    expect(workFolders()).toEqual([]);
  });

  it('PREP-01 makes a fault of the group when it cannot be started', async () => {
    const broken = { ...release, compiler: { ...release.compiler, command: path.join(data.folder, 'nothing here') } };
    await expect(compile(broken, units)).rejects.toMatchObject({
      code: 'COMPILER_FAULT',
      message: expect.stringContaining('could not be started'),
    });
    expect(workFolders()).toEqual([]);
  });

  it('PREP-01 compiles nothing against declarations that name a module which is not there', async () => {
    const cart: ProducerDeclarations = {
      files: [{ path: 'src/index.d.ts', text: 'export declare const price: import("@acme/money").Money;\n' }],
      references: ['@acme/money'],
    };
    const producers = new Map([['@acme/cart', cart]]);
    await expect(compile(release, units, { producers })).rejects.toMatchObject({
      code: 'COMPILER_FAULT',
      message: expect.stringContaining('the declarations of @acme/cart name @acme/money'),
    });
  });

  it('PREP-01 says what is full when a group does not fit where it is compiled', async () => {
    const full = () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await expect(inWorkFolder(1, full)).rejects.toMatchObject({ code: 'DISK_FULL', class: 'retry' });
    expect(workFolders()).toEqual([]);
  });

  it('PREP-01 removes the folders that processes left when they ended, and no others', async () => {
    const { pid: gone } = spawnSync(process.execPath, ['--version']);
    const left = path.join(os.tmpdir(), `uplift-${gone}-12-aB3xYz`);
    const living = path.join(os.tmpdir(), `uplift-${process.pid}-12-aB3xYz`);
    for (const folder of [left, living]) fs.mkdirSync(path.join(folder, 'sources'), { recursive: true });
    await sweepWorkFolders();
    expect(fs.existsSync(left)).toBe(false);
    expect(fs.existsSync(living)).toBe(true);
    fs.rmSync(living, { recursive: true });
  });
});

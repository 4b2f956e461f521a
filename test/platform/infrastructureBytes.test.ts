/** Whatever the bytes of the file are, it is read or refused with a place in it, and soon. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../../domain/calendar/localTime.js';
import {
  gateNames,
  type Infrastructure,
  leastPolicy,
  zonesTooSmall,
} from '../../domain/infrastructure/infrastructure.js';
import { acme, complaints, everything, parse, small } from './infrastructureFiles.js';
import { anyBytes, anyMutated } from './mutatedFiles.js';

describe('whatever the bytes are', () => {
  const runs = process.env['UPLIFT_LONG'] ? 10_000 : 400;

  it(`${runs} mutated files are read, or refused with a place in the file`, () => {
    let refused = 0;
    fc.assert(
      fc.property(anyMutated([everything, acme, small()]), (bytes) => {
        if (checkAnswer(bytes) === 'refused') refused++;
      }),
      { numRuns: runs, seed: 20260704 },
    );
    expect(refused).toBeGreaterThan(runs / 2);
    expect(refused).toBeLessThan(runs);
  });

  it('bytes that were never a file are refused with a place in them', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(checkAnswer(bytes)).toBe('refused');
      }),
      { numRuns: Math.min(runs, 2000), seed: 7 },
    );
  });

  it.each<[string, string]>([
    ['an alias bomb', bomb(12)],
    ['the same keys over and over', 'a:\n'.repeat(40_000)],
    ['different keys without end', many((index) => `k${index}:\n`, 15_000)],
    ['lists in lists', '['.repeat(130_000)],
    ['keys in keys', '{a: '.repeat(32_000)],
    ['dashes', '- '.repeat(65_000)],
    ['aliases', `a: &a x\nb: [${'*a,'.repeat(40_000)}]`],
    ['environments that are nothing', `environments: [${'{},'.repeat(40_000)}]`],
    ['time zones that are none', `environments: [${many((index) => `{timeZone: Nowhere/Nothing${index}},`, 3000)}]`],
    ['quotes', '"'.repeat(130_000)],
    ['one long name', `infrastructure: ${'a'.repeat(130_000)}`],
    ['a file of many megabytes', 'x'.repeat(20_000_000)],
  ])('%s is refused, and soon', (_, text) => {
    const started = process.cpuUsage();
    expect(checkAnswer(new TextEncoder().encode(text))).toBe('refused');
    expect(process.cpuUsage(started).user).toBeLessThan(15_000_000);
  });
});

/** Either the file is read and holds what every infrastructure does, or it is refused with places that it has. */
function checkAnswer(bytes: Uint8Array): 'read' | 'refused' {
  const lines = complaints(bytes);
  if (lines.length === 0) {
    checkRead(parse(bytes));
    return 'read';
  }
  const text = Buffer.from(bytes).toString('utf8').split('\n');
  expect(lines.length).toBeLessThanOrEqual(21);
  for (const [index, line] of lines.entries()) {
    if (index === 20 && /^and \d+ more$/.test(line)) continue;
    const [, row, column] = /^uplift\.yaml:(\d+):(\d+): [^\p{Cc}]*\S[^\p{Cc}]*$/u.exec(line) ?? [];
    expect(Number(row), line).toBeGreaterThanOrEqual(1);
    expect(Number(row), line).toBeLessThanOrEqual(text.length);
    expect(Number(column), line).toBeGreaterThanOrEqual(1);
    expect(Number(column), line).toBeLessThanOrEqual((text[Number(row) - 1]?.length ?? 0) + 1);
  }
  return 'refused';
}

function checkRead({ environments }: Infrastructure): void {
  const frontEnds = environments.flatMap(({ zones }) => zones.flatMap((zone) => zone.frontEnds));
  expect(new Set(frontEnds.map((name) => name.toLowerCase())).size).toBe(frontEnds.length);
  expect(new Set(environments.map(({ name }) => name.toLowerCase())).size).toBe(environments.length);
  for (const environment of environments) {
    const { stage, gates, timeZone, strategy, windows } = environment;
    expect(isTimeZone(timeZone)).toBe(true);
    if (strategy.kind === 'zero downtime') expect(zonesTooSmall(environment)).toEqual([]);
    for (const gate of gateNames) expect(gates[gate].quorum).toBeGreaterThanOrEqual(leastPolicy(gate, stage).quorum);
    for (const { minutes } of windows) expect(minutes).toBeGreaterThan(0);
  }
}

/** Each level has the former nine times. */
function bomb(levels: number): string {
  const level = (index: number) => `l${index + 1}: &l${index + 1} [${Array(9).fill(`*l${index}`).join(', ')}]\n`;
  return `l0: &l0 x\n${many(level, levels)}`;
}

function many(text: (index: number) => string, count: number): string {
  return Array.from({ length: count }, (_, index) => text(index)).join('');
}

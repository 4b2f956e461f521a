/** Who does what, as uplift.yaml says it. */
import { describe, expect, it } from 'vitest';
import { UpliftError } from '../../domain/errors.js';
import { capabilities } from '../../domain/infrastructure/provider.js';
import { parseInfrastructure } from '../../store/infrastructureFile.js';
import { small } from './infrastructureFiles.js';

const site = (text: string) => parseInfrastructure(Buffer.from(text), { platform: 'none' });

function providersIn(text: string) {
  return site(text).environments[0]?.providers;
}

describe('a site without a platform of ours', () => {
  it('has people for everything, where nothing is said', () => {
    const people = Object.fromEntries(capabilities.map((capability) => [capability, { kind: 'people' }]));
    expect(providersIn(small())).toEqual(people);
  });

  it('asks for hot points itself once it knows the address', () => {
    expect(providersIn(small('    address: https://apps.acme.example\n'))).toMatchObject({
      'hot points': { kind: 'http' },
      'error log': { kind: 'people' },
    });
  });

  it('has what an environment says before what defaults say, one by one, and commands with what they leave out', () => {
    const text = small(
      '    providers: { traffic: people }\n',
      `defaults:
  providers:
    traffic: { run: [move], on: balancer, timeoutMinutes: 5 }
    installer: { run: [upgrade, "{frontEnd}"], on: controller, timeoutMinutes: 90, reboot: [3010] }
`,
    );
    expect(providersIn(text)).toMatchObject({
      traffic: { kind: 'people' },
      installer: {
        kind: 'command',
        command: { run: ['upgrade', '{frontEnd}'], on: 'controller', reboot: [3010], again: 'ask' },
      },
      door: { kind: 'people' },
    });
  });

  it.each([
    ['embedded', 'no platform is embedded here; people can do it, or a command'],
    ['http', 'the environment needs an address to be asked at'],
  ])('has nothing that is %s without it', (kind, problem) => {
    expect(() => site(small(`    providers: { hot points: ${kind} }\n`))).toThrow(UpliftError);
    expect(() => site(small(`    providers: { hot points: ${kind} }\n`))).toThrow(
      `hot points of Development: ${problem}`,
    );
  });

  it('refuses a command with a value that nobody gives', () => {
    const text = small('    providers: { installer: { run: [up, "{server}"], on: c, timeoutMinutes: 5 } }\n');
    expect(() => site(text)).toThrow(/server/);
  });

  it('has as many front ends as it has', () => {
    const names = Array.from({ length: 18 }, (_, index) => `fe-${index}`);
    const zones = (zone: string) =>
      `{ name: ${zone}, frontEnds: [${names.map((name) => `${name}${zone}`).join(', ')}] }`;
    const text = small().replace('{ name: Main, frontEnds: [fe-1, fe-2] }', `${zones('A')}, ${zones('B')}`);
    expect(site(text).environments[0]?.zones.flatMap(({ frontEnds }) => frontEnds)).toHaveLength(36);
    expect(() => parseInfrastructure(Buffer.from(text))).toThrow(
      'up to 18 are allowed in one environment of the embedded',
    );
  });
});

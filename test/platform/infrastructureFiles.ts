/** Files that describe an infrastructure, and what is said of one that is wrong. */
import fs from 'node:fs';
import { expect } from 'vitest';
import { UpliftError } from '../../domain/errors.js';
import type { Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import { parseInfrastructure } from '../../store/infrastructureFile.js';

export const acme = fs.readFileSync(new URL('../../examples/acme/uplift.yaml', import.meta.url), 'utf8');

/** Says everything that can be said. */
export const everything = `infrastructure: insurer
lifeTime: { release: 11.30.1, newest: false }
hotPoints: [/claims/Claims]
defaults:
  timeZone: America/New_York
  hosting: cloud
  applications: gradual
  windows:
    - &nights { weekdays: [saturday, sunday], opens: '22:00', hours: 6 }
  freezes:
    - { from: 2026-12-15, to: 2027-01-06, reason: turn of the year }
  gates:
    plan: { approvers: [ana, rui], quorum: 2 }
    start: { approvers: [ana] }
  teams:
    - { name: Claims, role: development, members: [ines, João] }
environments:
  - name: Development
    stage: development
    release: 11.18.1
    zones: [{ name: Main, frontEnds: [dev-1] }]
    windows: []
    hosting: self-managed
  - name: Production
    stage: production
    release: '11.18'
    address: HTTPS://Apps.Acme.example:443/
    timeZone: Europe/Lisbon
    controller: prod-a1
    zones:
      - { name: A, frontEnds: [prod-a1, prod-a2] }
      - { name: B, frontEnds: [prod-b1, prod-b2] }
    windows:
      - *nights
      - { weekdays: [wednesday], opens: '23:30', minutes: 90 }
    freezes:
      - { from: 2026-11-27 18:00, to: 2026-11-30T06:00, reason: sale }
    strategy: zero downtime
    businessReason: claims are filed day and night
    applications: publish all
    gates:
      start: { quorum: 2 }
      go live: { approvers: [ana, rui], quorum: 1 }
    checks:
      hotPoints: [/portal/MyInsurance]
      tests: [Pedro pays a premium]
      entry: { header: X-Checks, variable: UPLIFT_ENTRY_PRODUCTION }
    teams:
      - { name: Acceptance, role: test, members: [sofia] }
`;

export const parse = (text: string | Uint8Array, releases?: readonly string[]): Infrastructure =>
  parseInfrastructure(typeof text === 'string' ? Buffer.from(text) : text, releases ? { releases } : {});

/** The complaints, a line each. */
export function complaints(text: string | Uint8Array, releases?: readonly string[]): readonly string[] {
  try {
    parse(text, releases);
  } catch (error) {
    if (!(error instanceof UpliftError) || error.code !== 'FACTORY_INVALID') throw error;
    expect(error.message).toMatch(/^uplift\.yaml:\d+:\d+: /);
    return error.parts.what.split('\n');
  }
  return [];
}

/** The file with one Development, and what is put at the end of it. */
export const small = (rest = '', top = ''): string => `infrastructure: acme
${top}environments:
  - name: Development
    stage: development
    release: 11.18.1
    zones: [{ name: Main, frontEnds: [fe-1, fe-2] }]
${rest}`;

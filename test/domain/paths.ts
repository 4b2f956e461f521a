/** Upgrade paths, among the releases there are. */
import type { Circumstances } from '../../domain/releases/applicationsPath.js';
import { releases } from '../../domain/releases/releases.js';
import { type UpgradePath, upgradePath } from '../../domain/releases/upgradePath.js';

export function path(from: string, to: string, circumstances: Circumstances = {}): UpgradePath {
  return upgradePath({ from, to, ...circumstances }, releases);
}

/** The path when it is not refused, for tests that are about what follows. */
export function followed(from: string, to: string, circumstances: Circumstances = {}) {
  const found = path(from, to, circumstances);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
}

export function brief(from: string, to: string, circumstances: Circumstances = {}): string {
  const { applications, preparation, deployAll, verifyDeployment, rules } = followed(from, to, circumstances);
  const deployment =
    deployAll === 'available' ? (verifyDeployment ? 'Deploy All, verified' : 'Deploy All') : 'no Deploy All';
  return `${rules.join(' ')}: ${applications}, ${preparation.kind}, ${deployment}`;
}

export const oracle = { database: 'Oracle' } as const;
export const sqlServer = { database: 'SQL Server' } as const;
export const eap = { eap: true } as const;
export const cloud = { hosting: 'Cloud' } as const;
export const progressive = { progressiveEnabled: true } as const;

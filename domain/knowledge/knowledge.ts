/**
 * What is known of upgrades besides the platform's releases: breaking changes, known issues, LifeTime's releases, development tools.
 *
 * The only file that reads these data: what workflows import takes them as arguments, so that their bundle stays free of them.
 * Releases of LifeTime that the vendor names by month are left out.
 */
import breaking from '../../data/breaking-changes.json' with { type: 'json' };
import tools from '../../data/development-tools.json' with { type: 'json' };
import issues from '../../data/known-issues.json' with { type: 'json' };
import lifeTime from '../../data/lifetime-releases.json' with { type: 'json' };
import type { Knowledge } from '../analysis/analysisRequest.js';
import type { ToolRelease } from '../releases/components.js';
import type { ReleaseCatalogue } from '../releases/release.js';
import { releases } from '../releases/releases.js';
import type { BreakingChange } from './breakingChange.js';
import type { KnownIssue } from './knownIssue.js';

export const knowledge: Knowledge = {
  releases,
  lifeTimeReleases: lifeTime as ReleaseCatalogue,
  toolReleases: tools as readonly ToolRelease[],
  breakingChanges: breaking as readonly BreakingChange[],
  knownIssues: issues as readonly KnownIssue[],
};

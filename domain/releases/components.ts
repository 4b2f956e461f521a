/**
 * The parts of the product with versions of their own (COMP-01): Platform Server, LifeTime, development tools. Numbers of different
 * parts are never compared.
 */
import { newestRelease, type Release, type ReleaseCatalogue } from './release.js';
import { compareVersions, isVersion } from './version.js';

export interface ToolRelease {
  readonly tool: string;
  readonly version: string;
  readonly date: string | null;
}

export interface Catalogues {
  readonly releases: ReleaseCatalogue;
  readonly lifeTimeReleases: ReleaseCatalogue;
  readonly toolReleases: readonly ToolRelease[];
}

export interface ComponentVersion {
  readonly component: string;
  /** The environment it is installed in; `null`: there is one for all, or it is on people's machines. */
  readonly environment: string | null;
  /** `null`: not known. */
  readonly installed: string | null;
  readonly newest: string;
  /** Releases for everybody that are newer than the installed one; `null` while that is not known. */
  readonly newer: number | null;
}

/** `lifeTime`: the release it runs; `null` while that is not known. */
export function componentVersions(
  environments: readonly { readonly name: string; readonly from: string }[],
  lifeTime: string | null,
  { releases, lifeTimeReleases, toolReleases }: Catalogues,
): readonly ComponentVersion[] {
  return [
    ...environments.flatMap(({ name, from }) => component('Platform Server', name, from, releases)),
    ...component('LifeTime', null, lifeTime, lifeTimeReleases),
    ...newestTools(toolReleases).map(({ tool, version }) => newestComponent(tool, version)),
  ];
}

export interface NewestTool {
  readonly tool: string;
  readonly version: string;
}

/** The newest release of each development tool. One `for` a system alone was replaced when there is one for all of them. */
export function newestTools(releases: readonly ToolRelease[]): readonly NewestTool[] {
  const newest = new Map<string, string>();
  for (const { tool, version } of releases) {
    const known = newest.get(tool);
    if (known === undefined || compareVersions(version, known) > 0) newest.set(tool, version);
  }
  const replaced = (tool: string) => [...newest.keys()].some((other) => tool.startsWith(`${other} for `));
  return [...newest].flatMap(([tool, version]) => (replaced(tool) ? [] : [{ tool, version }]));
}

function component(
  name: string,
  environment: string | null,
  installed: string | null,
  catalogue: ReleaseCatalogue,
): ComponentVersion[] {
  const newest = newestRelease(catalogue);
  if (!newest) return [];
  const known = installed !== null && isVersion(installed);
  const newer = known ? catalogue.filter((release) => isNewer(release, installed)).length : null;
  return [{ component: name, environment, installed, newest: newest.version, newer }];
}

function isNewer({ kind, version }: Release, installed: string): boolean {
  return kind === 'GA' && compareVersions(version, installed) > 0;
}

/** Whose machines have which one is not known here: developers are asked to install it (TOOLS-01). */
function newestComponent(component: string, newest: string): ComponentVersion {
  return { component, environment: null, installed: null, newest, newer: null };
}

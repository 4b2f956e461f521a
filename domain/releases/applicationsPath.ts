/** What a release of the platform means for the modules and applications of an environment that comes to it. */
import { atLeast, inRange, majorOf } from './version.js';

type RuleId = `VER-${string}`;

/** Facts of the environment that change its path. What is not known is left out. */
export interface Circumstances {
  readonly database?: 'SQL Server' | 'Oracle' | undefined;
  /** As the vendor names it; only `Free` makes a difference. */
  readonly edition?: string | undefined;
  /** Self-managed unless said otherwise. */
  readonly hosting?: 'Cloud' | 'self-managed' | undefined;
  /** Takes part in the early access programme of gradual upgrades. */
  readonly eap?: boolean | undefined;
  /** Progressive preparation is switched on, which 11.15.0 to 11.16.1 leave open. */
  readonly progressiveEnabled?: boolean | undefined;
  /** The preparation is left out on purpose (VER-12). */
  readonly withoutPreparation?: boolean | undefined;
  /** Rules whose acknowledgement somebody gave, with a reason. */
  readonly acknowledged?: readonly RuleId[] | undefined;
}

export interface ApplicationsPath {
  /** `gradual`: each team publishes when it wants; publish all stays on offer. */
  readonly applications: 'publish all' | 'gradual';
  readonly preparation: PreparationPath;
  readonly deployAll: 'available' | 'unavailable';
  /** Deploy All of this release may leave modules out without a word: look afterwards (VER-09). */
  readonly verifyDeployment: boolean;
  /** What has to be acknowledged, with a reason, to publish gradually although publish all is the default. */
  readonly acknowledgements: readonly Remark[];
  readonly warnings: readonly Remark[];
  /** The rules that led here. */
  readonly rules: readonly RuleId[];
}

/** `retry`: what **Prepare** takes again, everything or what is unfinished. */
type PreparationPath =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'whole environment'; readonly retry: 'restart' } & PreparationStart)
  | ({ readonly kind: 'progressive'; readonly retry: 'unfinished' } & PreparationStart);

interface PreparationStart {
  readonly starts: 'by itself' | 'after Service Center and System Components';
  readonly reportPage: 'Factory > Upgrades' | '/ServiceCenter/PrepareModules.aspx';
}

export interface Remark {
  readonly rule: RuleId;
  readonly text: string;
}

/**
 * `from` and `to` are valid and `to` is not older. Throws VERSION_INVALID otherwise.
 *
 * A range of targets reaches up to the start of the next one: 11.14.2 is treated as 11.14.1.
 */
export function applicationsPath(from: string, to: string, circumstances: Circumstances): ApplicationsPath {
  if (majorOf(from) < 11) return publishAll(majorOf(to) < 11 ? 'VER-11' : 'VER-01');
  const path = pathByTarget(to, circumstances);
  const crossesHighLoad = !atLeast(from, '11.10.1') && atLeast(to, '11.12.0');
  return crossesHighLoad ? underHighLoad(path, circumstances) : path;
}

function pathByTarget(to: string, circumstances: Circumstances): ApplicationsPath {
  if (!atLeast(to, '11.12.0')) return earlyAccess(to, circumstances);
  if (circumstances.withoutPreparation) return publishAll('VER-12');
  if (inRange(to, '11.12.0', '11.15.0')) return sequential(to, circumstances);
  if (inRange(to, '11.15.0', '11.17.0')) return progressiveWhereEnabled(to, circumstances);
  return gradual('VER-06', to, progressive(to, circumstances));
}

function earlyAccess(to: string, circumstances: Circumstances): ApplicationsPath {
  if (!circumstances.eap || !atLeast(to, '11.9.0')) return publishAll('VER-02');
  if (circumstances.edition !== 'Free') return gradual('VER-03', to, wholeEnvironment(to, circumstances));
  return publishAll('VER-02', {
    rule: 'VER-03',
    text: 'The early access programme of gradual upgrades does not include the Free edition: all applications have to be published.',
  });
}

function sequential(to: string, circumstances: Circumstances): ApplicationsPath {
  const sqlServerOnly = !atLeast(to, '11.13.2');
  if (sqlServerOnly && circumstances.database === 'Oracle') return publishAll('VER-04');
  const path = gradual('VER-04', to, wholeEnvironment(to, circumstances));
  if (!sqlServerOnly || circumstances.database === 'SQL Server') return path;
  const text = `Preparation for ${to} works on SQL Server only, and the database is not known: on Oracle all applications have to be published.`;
  return { ...path, warnings: [{ rule: 'VER-04', text }] };
}

function progressiveWhereEnabled(to: string, circumstances: Circumstances): ApplicationsPath {
  const { progressiveEnabled, hosting } = circumstances;
  if (progressiveEnabled) return gradual('VER-05', to, progressive(to, circumstances));
  const path = gradual('VER-05', to, wholeEnvironment(to, circumstances));
  if (progressiveEnabled === false || hosting !== 'Cloud') return path;
  const text = `For ${to} progressive preparation is switched on in some Cloud environments, and it is not known whether in this one: expect the whole environment to be locked.`;
  return { ...path, warnings: [{ rule: 'VER-05', text }] };
}

/** Publish all is the default, whatever the target offers, until somebody acknowledges the load (VER-07). */
function underHighLoad(path: ApplicationsPath, { acknowledged = [] }: Circumstances): ApplicationsPath {
  const rule = 'VER-07';
  const warning = {
    rule,
    text: 'Modules compiled for 11.10.0 or earlier cause high CPU load on the front ends until all applications are published again; Deploy All is not stated to cure it.',
  } as const;
  const warned = { ...path, warnings: [warning, ...path.warnings], rules: [rule, ...path.rules] } as const;
  if (path.applications === 'publish all' || acknowledged.includes(rule)) return warned;
  const acknowledgement = {
    rule,
    text: 'publishing gradually would leave the high CPU load in place, and needs a reason that no key of uplift.yaml can give.',
  } as const;
  return { ...warned, applications: 'publish all', acknowledgements: [acknowledgement] };
}

function publishAll(rule: RuleId, ...warnings: readonly Remark[]): ApplicationsPath {
  return {
    applications: 'publish all',
    preparation: { kind: 'none' },
    deployAll: 'unavailable',
    verifyDeployment: false,
    acknowledgements: [],
    warnings,
    rules: [rule],
  };
}

function gradual(rule: RuleId, to: string, preparation: PreparationPath): ApplicationsPath {
  const deployAll = atLeast(to, '11.19.0');
  return {
    applications: 'gradual',
    preparation,
    deployAll: deployAll ? 'available' : 'unavailable',
    verifyDeployment: inRange(to, '11.19.0', '11.27.0'),
    acknowledgements: [],
    warnings: [],
    rules: deployAll ? [rule, 'VER-09'] : [rule],
  };
}

function wholeEnvironment(to: string, circumstances: Circumstances): PreparationPath {
  return { kind: 'whole environment', retry: 'restart', ...preparationStart(to, circumstances) };
}

function progressive(to: string, circumstances: Circumstances): PreparationPath {
  return { kind: 'progressive', retry: 'unfinished', ...preparationStart(to, circumstances) };
}

function preparationStart(to: string, { hosting }: Circumstances): PreparationStart {
  return {
    starts: hosting === 'Cloud' ? 'by itself' : 'after Service Center and System Components',
    reportPage: atLeast(to, '11.17.0') ? 'Factory > Upgrades' : '/ServiceCenter/PrepareModules.aspx',
  };
}

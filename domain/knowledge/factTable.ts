/** Every fact that the upgrade knowledge speaks of: what it says, and what it follows from. */

import { atLeast, majorOf } from '../releases/version.js';
import type { Situation } from './situation.js';

/** Facts that are kinds of modules. */
export const moduleKinds: readonly string[] = ['traditional-web', 'reactive-web', 'mobile', 'extension'];

interface Fact {
  /** Completes "whether …". */
  readonly statement: string;
  readonly follows?: Follows;
}

/** Whether it holds without anybody stating it; `undefined`: that cannot be told. */
type Follows = (situation: Situation) => boolean | undefined;

/** Of facts that exclude each other: false as soon as another one is stated to hold. */
function noneOf(...others: readonly string[]): Follows {
  return ({ facts: stated }) => (others.some((name) => stated[name] === true) ? false : undefined);
}

function external(engine: string): Fact {
  return {
    statement: `the applications use an external ${engine} database`,
    follows: ({ facts: stated }) => (stated['external-database'] === false ? false : undefined),
  };
}

const externalEngines = ['external-sql-server', 'external-oracle', 'external-mysql', 'external-postgresql'];

const selfManaged: Fact = {
  statement: 'you run the servers yourselves (not the vendor, in its Cloud)',
  follows: ({ hosting }) => hosting === 'self-managed',
};

/** By the name people state them under. */
export const knownFacts: Readonly<Record<string, Fact>> = {
  all: { statement: 'there are applications', follows: () => true },
  'traditional-web': { statement: 'there are traditional web applications', follows: hasKind('traditional-web') },
  'reactive-web': { statement: 'there are reactive web applications', follows: hasKind('reactive-web') },
  mobile: { statement: 'there are mobile applications', follows: hasKind('mobile') },
  extension: { statement: 'there are extensions (Integration Studio modules)', follows: hasKind('extension') },

  'extensions-with-platform-libraries': { statement: 'extensions bring libraries that the platform has too' },
  'extension-without-application': { statement: 'an extension belongs to no application' },
  'entities-exposed-to-odc': { statement: 'entities are exposed to ODC' },
  'multilingual-static-entities': { statement: 'there are multilingual static entities' },

  'sql-server': { statement: 'the platform database is SQL Server', follows: noneOf('oracle', 'mysql') },
  oracle: { statement: 'the platform database is Oracle', follows: noneOf('sql-server', 'mysql') },
  mysql: { statement: 'the platform database is MySQL', follows: noneOf('sql-server', 'oracle') },
  'oracle-rac': {
    statement: 'the platform database is Oracle RAC',
    follows: ({ facts: stated }) => (stated['oracle'] === false || stated['sql-server'] ? false : undefined),
  },
  'external-database': {
    statement: 'the applications use an external database',
    follows: ({ facts: stated }) => (externalEngines.some((name) => stated[name] === true) ? true : undefined),
  },
  'external-sql-server': external('SQL Server'),
  'external-oracle': external('Oracle'),
  'external-mysql': external('MySQL'),
  'external-postgresql': external('PostgreSQL'),
  'azure-sql': { statement: "LifeTime's platform database is on Azure SQL" },
  'newer-oracle-driver': { statement: 'an Oracle driver 23.26 is in use' },
  'multiple-catalogs': { statement: 'modules are spread over several database catalogs' },
  'sql-authentication': {
    statement: 'the platform logs in to its databases with database users',
    follows: noneOf('windows-authentication'),
  },
  'windows-authentication': {
    statement: 'the platform logs in to its databases with Windows authentication',
    follows: noneOf('sql-authentication'),
  },

  'self-managed': selfManaged,
  'on-premises': selfManaged,
  cloud: { statement: "it is hosted in the vendor's Cloud", follows: ({ hosting }) => hosting === 'cloud' },
  'personal-environment': { statement: 'it is a personal environment', follows: () => false },
  'free-edition': { statement: 'it runs the Free edition', follows: () => false },
  'early-access-programme': {
    statement: 'it takes part in the early access programme of gradual upgrades',
    follows: () => false,
  },
  'progressive-preparation': { statement: 'progressive preparation is switched on' },
  'preparation-skipped': { statement: 'the preparation is left out on purpose', follows: () => false },
  /** The last platform with a Java stack was 10. */
  java: {
    statement: 'it runs the Java stack',
    follows: (situation) => (majorOf(situation.from) >= 11 ? false : noneOf('dotnet')(situation)),
  },
  dotnet: {
    statement: 'it runs the .NET stack',
    follows: (situation) => (majorOf(situation.from) >= 11 ? true : noneOf('java')(situation)),
  },

  farm: {
    statement: 'several front ends serve it',
    follows: ({ frontEndsByZone }) => frontEndsByZone.reduce((sum, count) => sum + count, 0) > 1,
  },
  'container-zones': { statement: 'a deployment zone runs on containers' },
  'zone-with-one-front-end': {
    statement: 'a zone has one front end only',
    follows: ({ frontEndsByZone }) => frontEndsByZone.some((count) => count < 2),
  },
  'zero-downtime': { statement: 'it is upgraded without downtime', follows: ({ zeroDowntime }) => zeroDowntime },
  'dedicated-controller': {
    statement: 'its controller is a machine that serves no users',
    follows: ({ dedicatedController }) => dedicatedController,
  },
  /** Uplift drives the installer by command wherever it drives it at all. */
  unattended: { statement: 'the installer runs unattended', follows: ({ hosting }) => hosting === 'self-managed' },
  /** Uplift publishes Service Center and System Components before it starts a preparation (SELF-01). */
  'system-components-not-installed': {
    statement: 'System Components are missing when the preparation starts',
    follows: () => false,
  },
  /** Uplift plans no staging between releases (MAINT-01). */
  'staging-between-different-versions': {
    statement: 'applications are staged between environments on different releases',
    follows: () => false,
  },

  lifetime: {
    statement: 'LifeTime manages the infrastructure',
    follows: ({ lifeTime }) => (lifeTime === 'unknown' ? undefined : true),
  },
  'lifetime-not-latest': { statement: 'LifeTime is not on its newest release', follows: lifeTimeBehind },
  'environment-before-lifetime': { statement: 'it is upgraded before LifeTime', follows: lifeTimeBehind },
  'lifetime-environment': { statement: "it is LifeTime's own environment", follows: () => false },
  'lifetime-shared-environment': { statement: 'LifeTime shares an environment with applications' },
  'user-name-with-plus': { statement: 'somebody with a + in the user name starts deployments' },
  'lifetime-plugins': { statement: 'LifeTime has plugins' },
  'lifetime-sync-running': { statement: 'LifeTime is synchronising application versions at that time' },
  'license-errors': { statement: 'publishing meets license errors' },
  'isv-license': { statement: 'the license is one of a software vendor (ISV)' },

  'large-factory': { statement: 'the factory is large (more than 1000 modules)', follows: moreModulesThan(1000) },
  'more-than-900-modules': { statement: 'there are more than 900 modules', follows: moreModulesThan(900) },
  'more-than-1000-modules': { statement: 'there are more than 1000 modules', follows: moreModulesThan(1000) },
  'more-than-1000-permissions': { statement: 'there are more than 1000 application permissions' },
  'platform>=11.25.0': {
    statement: 'the platform comes to 11.25.0 or later',
    follows: ({ to }) => atLeast(to, '11.25.0'),
  },

  'active-directory': { statement: 'end users log in by Active Directory' },
  oidc: { statement: 'IT users log in by OpenID Connect' },
  'enterprise-manager-user-provider': {
    statement: 'the Users module still has EnterpriseManager as its user provider',
  },
  'aws-ec2-launch-v2': { statement: 'servers run on Amazon machines with EC2 Launch v2' },
  'windows-2022-move': { statement: 'it is being moved to Windows Server 2022' },
  'more-than-10-cpus': { statement: 'a server has more than 10 processors' },
  'hosting-bundle-missing': { statement: 'a server lacks the .NET hosting bundle that the release needs' },
  'symbolic-link-right-missing': { statement: 'the service users may not create symbolic links' },
  'configuration-tool-path-changed': { statement: 'the Configuration Tool is started from another path than before' },
  'duplicate-module-front-end-rows': { statement: 'the table OSSYS_MODULEFRONTEND holds duplicates' },
  'legacy-site-property-keys': { statement: 'site properties were deleted before version 5 of the platform' },
  'secret-site-properties': { statement: 'applications have secret site properties' },
  'server-api-toggle': { statement: 'the toggle ServerAPIAuthenticationV2 was changed' },
  'tls-offload': { statement: 'a proxy in front of it ends TLS' },
  'telemetry-opt-out': { statement: 'the collection of usage data is opted out' },
  'log-separation': { statement: 'logs are kept in a database of their own' },
  dynatrace: { statement: 'Dynatrace watches the servers' },
  soap: { statement: 'modules consume SOAP services' },
  bpt: { statement: 'there are business processes' },
};

function lifeTimeBehind({ lifeTime }: Situation): boolean | undefined {
  return lifeTime === 'unknown' ? undefined : lifeTime === 'behind';
}

function hasKind(kind: string): Follows {
  return ({ modules = [] }) => {
    const kinds = new Set(modules.map((module) => module.kind));
    if (kinds.has(kind)) return true;
    return moduleKinds.some((known) => kinds.has(known)) && !kinds.has(null) ? false : undefined;
  };
}

function moreModulesThan(count: number): Follows {
  return ({ modules }) => (modules === undefined ? undefined : modules.length > count);
}

/** What exists in an infrastructure that is only described: by uplift.yaml, imported lists, and what was said of its releases since. */
import { UpliftError } from '../../domain/errors.js';
import type { Environment, Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import { releases } from '../../domain/releases/releases.js';
import type { EnvironmentFacts, FrontEndFacts, Inventory } from '../../port/inventory.js';
import { type KnownReleases, knownReleases } from '../../store/describedEnvironments.js';
import { describedInfrastructure, environmentNamed } from '../../store/describedInfrastructures.js';
import { listedFacts, moduleList } from '../../store/modules.js';
import type { Store } from '../../store/store.js';

/** Who has an environment, and whether its users are kept out: no file tells. */
type Standing = Pick<EnvironmentFacts, 'hold' | 'door'>;

export interface DescribedSite {
  readonly store: Store;
  /** Its name: one that was remembered. */
  readonly infrastructure: string;
  readonly standingOf: (environment: string) => Promise<Standing>;
}

export function describedInventory(site: DescribedSite): Inventory {
  const { store, infrastructure } = site;
  const described = () => describedInfrastructure(store, infrastructure);
  const facts = async (environment: Environment) => factsOf(environment, site);
  return {
    infrastructure: async (name) => {
      assertNamed(site, name);
      return described();
    },
    environment: async ({ infrastructure: of, environment }) => {
      assertNamed(site, of);
      return facts(environmentNamed(await described(), environment));
    },
    environments: async () => Promise.all((await described()).environments.map(facts)),
    modules: async ({ environment: name }) => {
      const environment = environmentNamed(await described(), name);
      const list = await moduleList(store, { infrastructure, environment: name });
      const { server } = await knownReleases(store, infrastructure, environment);
      return list && listedFacts(list, server.release);
    },
    releases: async () => installable,
  };
}

/** Whoever installs gets them from the vendor; what it has only announced nobody can. */
const installable: readonly string[] = releases
  .filter(({ kind }) => kind !== 'preliminary')
  .map(({ version }) => version);

function assertNamed({ infrastructure }: DescribedSite, name: Infrastructure['infrastructure']): void {
  if (name === infrastructure) return;
  throw new UpliftError('INFRASTRUCTURE_UNKNOWN', {
    what: `There is no infrastructure ${name} here; there is ${infrastructure}`,
    next: 'uplift status',
  });
}

async function factsOf(environment: Environment, site: DescribedSite): Promise<EnvironmentFacts> {
  const { name, stage, zones, address } = environment;
  const known = await knownReleases(site.store, site.infrastructure, environment);
  return {
    infrastructure: site.infrastructure,
    name,
    stage,
    known: known.server.known,
    serverRelease: known.server.release,
    serviceCenterRelease: known.of('service center'),
    systemComponentsRelease: known.of('system components'),
    frontEnds: zones.flatMap((zone) => zone.frontEnds.map((frontEnd) => frontEndFacts(frontEnd, zone.name, known))),
    applicationsUrl: address ?? null,
    serviceCenterUrl: null,
    ...(await site.standingOf(name)),
  };
}

function frontEndFacts(name: string, zone: string, known: KnownReleases): FrontEndFacts {
  return { name, zone, url: null, release: known.of({ frontEnd: name }), traffic: null, wanted: null };
}

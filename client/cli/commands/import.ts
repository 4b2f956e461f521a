/** `uplift import`: what a site says of itself in lists. Checked whole; it takes the place of what was listed before, or leaves it. */
import { Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import type { Infrastructure } from '../../../domain/infrastructure/infrastructure.js';
import type { JoinedList } from '../../../domain/modules/moduleList.js';
import { listed } from '../../../domain/text.js';
import { type Complaint, complaintText, throwRefused } from '../../../store/complaint.js';
import { knownReleases } from '../../../store/describedEnvironments.js';
import { describedIn, environmentNamed, rememberInfrastructure } from '../../../store/describedInfrastructures.js';
import { readModuleList } from '../../../store/moduleListFile.js';
import { replaceModules } from '../../../store/modules.js';
import { privateDataFolder } from '../../../store/privateDataFolder.js';
import { openStore, type Store } from '../../../store/store.js';
import { counted, indented } from '../../words.js';
import { command } from '../command.js';
import { ofName } from '../options.js';

interface Options {
  readonly modules: string;
  readonly environment?: string;
  readonly site: string;
  readonly check?: true;
}

export const importCommand = command<Options>({
  name: 'import',
  summary: 'Takes over the list of modules of a site that is only described, for one environment or for all',
  examples: [
    '--modules modules.csv',
    '--modules production.csv --environment Production --site acme',
    '--modules modules.json --check',
  ],
  options: [
    new Option('--modules <file>', 'the list, as CSV or JSON').makeOptionMandatory(),
    ofName(new Option('--environment <name>', 'whose list it is; left out: of every environment')),
    new Option('--site <folder>', 'folder that has the uplift.yaml of the site').default('.'),
    new Option('--check', 'only says whether it would be taken over'),
  ],
  async run({ options: { modules: file, environment, site, check, data } }) {
    const described = await describedIn(site);
    const environments =
      environment === undefined ? described.environments : [environmentNamed(described, environment)];
    const { list, complaints } = await readModuleList(file);
    throwRefused(complaints, 'correct it and try again; nothing was imported');
    if (!list) throw new Error(`${file} has neither modules nor complaints`);
    const names = environments.map(({ name }) => name);
    if (!check)
      await withOwnStore(data, (store) => takeOver(store, { site, environments: names, modules: list.modules }));
    return {
      document: {
        infrastructure: described.infrastructure,
        environments: names,
        imported: !check,
        modules: list.modules.length,
        units: list.units,
        complaints,
      },
      text: [
        ...warningLines(complaints),
        `${described.infrastructure} ${listed(names)}: ${counted(list.modules.length, 'module')} ${check ? 'would be imported' : 'imported'}`,
        ...unitLines(list),
      ].join('\n'),
      exit: exitCodes.ok,
    };
  },
});

interface Takeover {
  readonly site: string;
  readonly environments: readonly string[];
  readonly modules: JoinedList['modules'];
}

async function takeOver(store: Store, { site, environments, modules }: Takeover): Promise<void> {
  const infrastructure = await rememberInfrastructure(store, site);
  const places = await Promise.all(environments.map((name) => placeOf(store, infrastructure, name)));
  await replaceModules(store, places, modules);
}

async function placeOf(store: Store, described: Infrastructure, environment: string) {
  const { infrastructure } = described;
  const { server } = await knownReleases(store, infrastructure, environmentNamed(described, environment));
  return { infrastructure, environment, release: server.release };
}

/** Nothing has to have been started on the data folder before. */
async function withOwnStore<T>(dataFolder: string, work: (store: Store) => Promise<T>): Promise<T> {
  privateDataFolder(dataFolder);
  const store = openStore(dataFolder);
  try {
    return await work(store);
  } finally {
    await store.destroy();
  }
}

/** Warnings that are shown; those beyond are counted. */
const mostShown = 20;

function warningLines(warnings: readonly Complaint[]): readonly string[] {
  const more = warnings.length - mostShown;
  return [
    ...warnings.slice(0, mostShown).map((warning) => `${complaintText(warning)} (a warning)`),
    ...(more > 0 ? [`and ${counted(more, 'more warning')}`] : []),
  ];
}

/** What references each other in a circle is upgraded together. */
function unitLines({ units }: Pick<JoinedList, 'units'>): readonly string[] {
  if (units.length === 0) return [];
  const [largest = []] = units.toSorted((left, right) => right.length - left.length);
  return [
    indented(
      `${counted(units.length, 'unit')} of modules that reference each other; the largest is ${listed(largest, 5)}`,
    ),
  ];
}

/** What cannot be in uplift.yaml, though every single value of it may: rules of the file, then those of the domain. */
import {
  type Contradiction,
  contradictionsBetween,
  contradictionsIn,
} from '../../domain/infrastructure/contradictions.js';
import { environmentOf, type SitePlatform } from './described.js';
import { type DefaultsContent, defaultsShape, type EnvironmentContent, environmentShape } from './shape.js';

/**
 * About all that could be understood of `value`, the content of the file: what does not have its shape is passed over, so that one
 * mistake does not hide another. `releases` are those an environment can be on; undefined: not known.
 */
export function contradictionsOf(
  value: unknown,
  { releases, platform }: { readonly releases: readonly string[] | undefined; readonly platform: SitePlatform },
): readonly Contradiction[] {
  const file = fields(value);
  const defaults = defaultsShape.safeParse(file['defaults'] ?? {}).data;
  if (!defaults) return [];
  const contents = Array.isArray(file['environments']) ? file['environments'] : [];
  const understood = contents.map((content) => environmentShape.safeParse(content).data);
  const environments = understood.map((content) => content && environmentOf(content, defaults, platform));
  return [
    ...windowProblems(defaults.windows, ['defaults']),
    ...understood.flatMap((content, at) => (content ? fileProblems(content, at, defaults, releases) : [])),
    ...environments.flatMap((environment, at) => (environment ? contradictionsIn(environment, at, platform) : [])),
    ...contradictionsBetween(environments),
  ];
}

function fileProblems(
  content: EnvironmentContent,
  at: number,
  defaults: DefaultsContent,
  releases: readonly string[] | undefined,
): Contradiction[] {
  const path = ['environments', at];
  const { name, release, address, strategy, businessReason, checks: { entry } = {} } = content;
  const problems = windowProblems(content.windows, path);
  if (needsTimeZone(content, defaults)) {
    problems.push({ path, problem: `${name} has windows or freezes and no timeZone; name one, such as Europe/Lisbon` });
  }
  if (strategy === 'zero downtime' && businessReason === undefined) {
    const problem = 'zero downtime needs a businessReason: a rollback loses what users wrote meanwhile';
    problems.push({ path: [...path, 'strategy'], problem });
  }
  if (strategy !== 'zero downtime' && businessReason !== undefined) {
    const problem = 'a businessReason is for the strategy zero downtime; leave it out, or choose that';
    problems.push({ path: [...path, 'businessReason'], problem });
  }
  if (entry && (entry.variable === undefined) === (entry.file === undefined)) {
    problems.push({ path: [...path, 'checks', 'entry'], problem: 'an entry has either a variable or a file' });
  }
  if (entry && address === undefined) {
    const problem = `the entry of ${name} is sent to its address; name that, such as https://apps.acme.example`;
    problems.push({ path: [...path, 'checks', 'entry'], problem });
  }
  if (releases && !releases.includes(release)) {
    const problem = `${name} is on ${release}, and releases/ has ${releases.join(', ')}`;
    problems.push({ path: [...path, 'release'], problem });
  }
  return problems;
}

function windowProblems(windows: DefaultsContent['windows'] = [], path: Contradiction['path']): Contradiction[] {
  return windows.flatMap(({ hours, minutes }, index) =>
    (hours === undefined) === (minutes === undefined)
      ? [{ path: [...path, 'windows', index], problem: 'a window has either hours or minutes' }]
      : [],
  );
}

function needsTimeZone({ timeZone, windows, freezes = [] }: EnvironmentContent, defaults: DefaultsContent): boolean {
  if (timeZone !== undefined || defaults.timeZone !== undefined) return false;
  const times = [...(windows ?? defaults.windows ?? []), ...freezes, ...(defaults.freezes ?? [])];
  return times.length > 0;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

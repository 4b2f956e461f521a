/** The package.json of a module, checked: what Uplift reads of it, and what stands there and does not count. */
import semver from 'semver';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { ModuleName } from '../../../domain/modules/module.js';
import { nameRule, textProblem } from '../../../domain/text.js';
import { type Complaint, isRefused, refused, throwRefused, warned } from '../../../store/complaint.js';
import { lineAt, parsedJson } from '../../../store/jsonText.js';
import { nameProblem } from './names.js';

export interface ModulePackage {
  readonly name: ModuleName;
  readonly version: string;
  readonly application: string;
  readonly kind: ModuleKind;
  /** False: uploaded only, never published. */
  readonly published: boolean;
  /** Modules it references; system components are the release's. */
  readonly producers: readonly ModuleName[];
}

/** What a module is for; shown, and grouped by. */
const kinds = ['library', 'core', 'service', 'web'] as const;

type ModuleKind = (typeof kinds)[number];

/** What is known of a package.json that was read. */
export interface CheckedPackage {
  /** Undefined when a complaint refuses it. */
  readonly module: ModulePackage | undefined;
  /** By the module that is depended on. */
  readonly ranges: ReadonlyMap<ModuleName, string>;
  readonly complaints: readonly Complaint[];
  /** The line on which the value at a path of keys begins. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | null;
}

const line = z.string().superRefine((text, context) => {
  const problem = text === '' ? 'is empty' : textProblem(text, { ...nameRule, most: 100 });
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const moduleName = z.string().superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const shape = z.object({
  name: moduleName,
  version: line,
  dependencies: z.record(z.string(), z.string()).default({}),
  uplift: z.strictObject({ application: line, kind: z.enum(kinds), published: z.boolean().default(true) }),
});

/** Keys by which npm and Node find code, and which do not count: a module is its `src/index.ts`, and depends on `dependencies`. */
const idle = [
  ...['main', 'module', 'exports', 'imports', 'types', 'typings', 'typesVersions', 'browser', 'bin', 'files'],
  ...['peerDependencies', 'optionalDependencies', 'bundleDependencies', 'bundledDependencies', 'workspaces'],
];

/** `place` names the file in a complaint. Throws `FACTORY_INVALID`. */
export function parsePackage(text: string, place: string): ModulePackage {
  const { module, complaints } = checkPackage(text, place);
  throwRefused(complaints, 'correct it and try again');
  return module as ModulePackage;
}

/** `file` names it in complaints. Never throws. */
export function checkPackage(text: string, file: string): CheckedPackage {
  const nothing = { module: undefined, ranges: new Map(), lineOf: () => null };
  const parsed = parsedJson(text);
  if ('problem' in parsed) return { ...nothing, complaints: [refused(file, parsed.problem, parsed.line)] };
  const content = parsed.value;
  const lineOf = linesOf(text);
  const { success, data, error } = shape.safeParse(content);
  const issues = (error?.issues ?? []).map(({ path, message }) => {
    const key = path.join('.');
    return refused(file, key === '' ? message : `${key}: ${message}`, lineOf(path));
  });
  if (!success) return { ...nothing, complaints: issues, lineOf };
  const { name, version, uplift } = data;
  const ranges = new Map(Object.entries(data.dependencies).filter(([on]) => !on.startsWith('@system/') && on !== name));
  const complaints = [...idleComplaints(content as object, file, lineOf), ...versionComplaints(version, file, lineOf)];
  const module = complaints.some(isRefused)
    ? undefined
    : { name, version, ...uplift, producers: [...ranges.keys()].sort() };
  return { module, ranges, complaints, lineOf };
}

/** Undefined: it fits, or says nothing that can be compared. A module's own version decides nothing: there is one of each. */
export function rangeProblem(range: string, version: string): string | undefined {
  if (semver.validRange(range) === null) return `"${range}" is no range of versions`;
  if (semver.valid(version) === null || semver.satisfies(version, range, { includePrerelease: true })) return undefined;
  return `"${range}" does not have ${version}, which is what an environment has of it`;
}

function idleComplaints(content: object, file: string, lineOf: CheckedPackage['lineOf']): readonly Complaint[] {
  const found = idle.filter((key) => Object.hasOwn(content, key));
  const notModule = 'type' in content && content.type !== 'module';
  return [
    ...found.map((key) =>
      warned(file, `${key} does not count: a module is its src/index.ts, and depends on dependencies`, lineOf([key])),
    ),
    ...(notModule ? [warned(file, 'type does not count: a module is an ECMAScript module', lineOf(['type']))] : []),
  ];
}

function versionComplaints(version: string, file: string, lineOf: CheckedPackage['lineOf']): readonly Complaint[] {
  if (semver.valid(version) !== null) return [];
  return [
    warned(
      file,
      `version: "${version}" is not three numbers, as 1.4.0: no range can be compared with it`,
      lineOf(['version']),
    ),
  ];
}

/** JSON is YAML, whose reader knows where things stand. A path to a key that is missing leads to what should have it. */
function linesOf(text: string): CheckedPackage['lineOf'] {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'silent' });
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = (node as { range?: [number] } | null | undefined)?.range;
      if (range) return lineAt(text, range[0]);
    }
    return null;
  };
}

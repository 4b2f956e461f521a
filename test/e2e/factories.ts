/** Factories for runs of the whole: many small modules, so that a preparation lasts, screens, hot points, modules that break. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { breaking, older, type TinyModule, temporaryFolder, writeFactory } from '../platform/tinyFactory.js';

export interface FactoryOptions {
  /** The release its environment begins on. */
  readonly release?: string;
  /** Small modules beside those that are named. */
  readonly modules: number;
  /** Also `broken`, which does not compile on the newer release, and `below`, which consumes it. */
  readonly broken?: boolean;
}

export const infrastructure = 'tiny';
export const environment = 'Development';

/** `base`, consumed by `m1`, …, in layers of `width`; the last of them, `home`, shows a screen. */
export function writeLayeredFactory({ release = older, modules, broken = false }: FactoryOptions): string {
  const names = Array.from({ length: modules }, (_, index) => `m${index + 1}`);
  const layers: Record<string, TinyModule> = { base: { source: base('a text') } };
  for (const [index, name] of names.entries()) {
    const uses = [...new Set(['base', names[index - width], names[index - width - 1]])].filter(isName);
    layers[name] = { uses, source: member(name, uses) };
  }
  const last = names.at(-1) ?? 'base';
  return writeTinyFactory(release, {
    ...layers,
    home: { uses: [last], source: screen('Home') },
    ...(broken
      ? {
          broken: { source: `${breaking}${screen('Loud')}` },
          below: { uses: ['broken'] },
          draft: { published: false },
        }
      : {}),
  });
}

/** Of an environment in uplift.yaml, beside those that every one has. */
type Keys = Readonly<Record<string, unknown>>;

/** The modules, in one Development with two front ends on `release`; and in a Testing and a Production with one, if they are wanted. */
export function writeTinyFactory(
  release: string,
  modules: Readonly<Record<string, TinyModule>>,
  {
    development = {},
    testing,
    production,
  }: { readonly development?: Keys; readonly testing?: Keys; readonly production?: Keys } = {},
): string {
  const folder = writeFactory(modules);
  const hotPoints = ['/', ...Object.entries(modules).flatMap(([name, { source }]) => screensOf(name, source))];
  const zone = (...frontEnds: readonly string[]) => ({ release, zones: [{ name: 'Main', frontEnds }] });
  const environments = [
    { name: environment, stage: 'development', ...zone('fe-1', 'fe-2'), ...development },
    ...(testing ? [{ name: 'Testing', stage: 'testing', ...zone('test-1'), ...testing }] : []),
    ...(production ? [{ name: 'Production', stage: 'production', ...zone('prod-1'), ...production }] : []),
  ];
  writeFileSync(path.join(folder, 'uplift.yaml'), stringify({ infrastructure, hotPoints, environments }));
  return folder;
}

/**
 * A few modules in the four environments of the lifecycle, with a front end each. The plan asks two people, the go live of
 * Pre-Production one: who rehearses one is asked as in Production.
 */
export function writeLifecycleFactory(): string {
  const folder = writeFactory({
    base: { source: base('a text') },
    middle: { uses: ['base'] },
    other: { uses: ['base'] },
    home: { uses: ['middle', 'other'], source: screen('Home') },
  });
  const one = (name: string, stage: string, gates: object = {}) => ({
    ...{ name, stage, release: older, gates },
    zones: [{ name: 'Main', frontEnds: [`${stage}-1`] }],
  });
  const environments = [
    one('Development', 'development', { plan: { quorum: 2 } }),
    one('Testing', 'testing'),
    one('Pre-Production', 'pre-production', { 'go live': { quorum: 1 } }),
    one('Production', 'production'),
  ];
  writeFileSync(
    path.join(folder, 'uplift.yaml'),
    stringify({ infrastructure, hotPoints: ['/', '/home/Home'], environments }),
  );
  return folder;
}

/** A module's folder with this source. */
export function writeSources(text: string): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'src'));
  writeFileSync(path.join(folder, 'src/index.ts'), text);
  return folder;
}

/** Other declarations for another text. */
export function base(text: string): string {
  return `export const text = '${text}';\nexport interface Wide { readonly ${text.replaceAll(' ', '')}: string }\n`;
}

/** Takes a compiler a second or more, for it compares unions of many texts. */
export function slowSource(name: string): string {
  const digits = Array.from({ length: 28 }, (_, digit) => `'${digit.toString(36)}'`).join(' | ');
  const families = Array.from({ length: 20 }, (_, index) => {
    const [type, first] = [`Code${index}`, `'${name}${index}000'`];
    return (
      `type ${type} = \`${name}${index}\${Digit}\${Digit}\${Digit}\`;\n` +
      `export const code${index} = (value: ${type}): Exclude<${type}, ${first}> | ${first} => value;\n`
    );
  });
  return `type Digit = ${digits};\n${families.join('')}`;
}

export function screen(name: string): string {
  return `export const ${name} = { name: '${name}', render: () => '<p>${name}</p>' };\n`;
}

/** Modules of one layer can be prepared at the same time. */
const width = 12;

/** Enough to check that a group of them takes a while. */
const functionsEach = 80;

function member(name: string, uses: readonly string[]): string {
  const imports = uses.map((use, index) => `import * as p${index} from '${use}';\n`);
  const all = uses.map((_, index) => `Object.keys(p${index}).length`).join(' + ');
  const functions = Array.from(
    { length: functionsEach },
    (_, index) =>
      `export function f${index}(value: { readonly a: number; readonly b: string }): { a: number; b: string }[] {\n` +
      `  return [value].map(({ a, b }) => ({ a: a + ${index}, b: \`\${b} of ${name}\` })).filter(({ a }) => a > ${index});\n}\n`,
  );
  return `${imports.join('')}export const used = (): number => ${all};\n${functions.join('')}`;
}

function screensOf(name: string, source = ''): string[] {
  return [...source.matchAll(/^export const (\w+) = \{ name:/gm)].map(([, key]) => `/${name}/${key}`);
}

function isName(name: string | undefined): name is string {
  return name !== undefined;
}

/**
 * Generates a factory of any size, to measure and to test with: the layout of `examples/acme`, and its two releases.
 *
 * The same options give the same bytes everywhere. Every module compiles on 11.18.1; on 11.41.0 exactly those that factory.json
 * lists have errors of their own. References never form a circle.
 *
 * node dist/bench/generateFactory.js --out DIR --modules 300 --seed 1 --break 0.02 --graph layered
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UpliftError } from '../domain/errors.js';
import { infrastructure, packageOf } from './factory/descriptions.js';
import { dice } from './factory/dice.js';
import { moduleText } from './factory/moduleText.js';
import { type FactoryOptions, planFactory } from './factory/plan.js';
import { graphs } from './factory/references.js';

export interface GenerateRequest extends FactoryOptions {
  /** A folder that is empty, new, or was made by this generator: then it is made anew. */
  readonly out: string;
}

/** What factory.json holds. */
export interface GeneratedFactory extends FactoryOptions {
  readonly references: number;
  /** Of all sources. */
  readonly bytes: number;
  /** The modules that do not compile on 11.41.0, and why. */
  readonly broken: readonly {
    readonly module: string;
    readonly component: string;
    readonly element: string;
    readonly change: string;
  }[];
}

/** Throws `INPUT_INVALID` on options that make no sense and on a folder that holds something else. */
export function generateFactory(request: GenerateRequest): GeneratedFactory {
  checkOptions(request);
  const { out, modules, seed, breakShare, graph } = request;
  clear(out);
  const chance = dice(seed);
  const plans = planFactory({ modules, seed, breakShare, graph }, chance);
  let bytes = 0;
  for (const plan of plans) {
    const { text, components } = moduleText(plan, chance);
    bytes += Buffer.byteLength(text);
    write(path.join(out, 'modules', plan.folder, 'src/index.ts'), text);
    write(path.join(out, 'modules', plan.folder, 'package.json'), json(packageOf(plan, components)));
  }
  fs.cpSync(sampleReleases(), path.join(out, 'releases'), { recursive: true, dereference: true });
  write(path.join(out, 'uplift.yaml'), infrastructure(plans));
  const generated: GeneratedFactory = {
    modules,
    seed,
    breakShare,
    graph,
    references: plans.reduce((sum, plan) => sum + plan.producers.length, 0),
    bytes,
    broken: plans.flatMap(({ name, breaks }) =>
      breaks ? [{ module: name, component: breaks.component, element: breaks.element, change: breaks.change }] : [],
    ),
  };
  write(path.join(out, mark), json(generated));
  return generated;
}

/** The file by which the generator knows its own work. */
const mark = 'factory.json';

function checkOptions({ modules, seed, breakShare, graph }: GenerateRequest): void {
  if (!Number.isInteger(modules) || modules < 1 || modules > 9999)
    throw invalid('modules: a whole number from 1 to 9999');
  if (!Number.isSafeInteger(seed)) throw invalid('seed: a whole number');
  if (!(breakShare >= 0 && breakShare <= 1)) throw invalid('break: a share from 0 to 1');
  if (!graphs.includes(graph)) throw invalid(`graph: one of ${graphs.join(', ')}`);
}

function clear(out: string): void {
  const there = fs.existsSync(out) ? fs.readdirSync(out) : [];
  if (there.length > 0 && !there.includes(mark)) throw invalid(`${out} holds something that was not generated`);
  fs.rmSync(out, { recursive: true, force: true });
}

/** Beside the sources or, compiled, one folder further up. */
function sampleReleases(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const candidates = ['..', '../..'].map((up) => path.join(here, up, 'examples/acme/releases'));
  const found = candidates.find((candidate) => fs.existsSync(candidate));
  if (!found) throw invalid(`The releases of the sample are missing: ${candidates[0]}`);
  return found;
}

function invalid(what: string): UpliftError {
  return new UpliftError('INPUT_INVALID', {
    what,
    next: '--out DIR --modules 300 --seed 1 --break 0.02 --graph layered',
  });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      modules: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      break: { type: 'string', default: '0' },
      graph: { type: 'string', default: 'layered' },
    },
  });
  const graph = graphs.find((known) => known === values.graph);
  if (!values.out) throw invalid('out: the folder to make');
  if (!graph) throw invalid(`graph: one of ${graphs.join(', ')}`);
  const { modules, references, bytes, broken } = generateFactory({
    out: values.out,
    modules: Number(values.modules),
    seed: Number(values.seed),
    breakShare: Number(values.break),
    graph,
  });
  const size = (bytes / modules / 1024).toFixed(1);
  console.log(
    `${values.out}: ${modules} modules of ${size} KB, ${references} references, ${broken.length} break on 11.41.0`,
  );
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}

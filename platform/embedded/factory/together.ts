/** What is wrong with the modules of a factory among each other: their names, and what they say of each other. */
import type { ModuleName } from '../../../domain/modules/module.js';
import { nearestName } from '../../../domain/nearestName.js';
import { type Complaint, refused, warned } from '../../../store/complaint.js';
import { byName, type CheckedModule } from './module.js';
import { spellingOf } from './names.js';
import { type ModulePackage, rangeProblem } from './package.js';

export function togetherComplaints(modules: readonly CheckedModule[]): readonly Complaint[] {
  const named = byName(modules);
  // Of one that cannot be read the name is not known: it may be the producer that is missing.
  const allKnown = modules.every((module) => module.package?.module);
  return [...twins(modules), ...modules.flatMap((module) => producerComplaints(module, named, allKnown))];
}

function twins(modules: readonly CheckedModule[]): readonly Complaint[] {
  const seen = new Map<string, CheckedModule>();
  return modules.flatMap((one) => {
    const name = one.package?.module?.name;
    if (name === undefined) return [];
    const twin = seen.get(spellingOf(name));
    if (!twin) {
      seen.set(spellingOf(name), one);
      return [];
    }
    const other = twin.package?.module?.name;
    const problem =
      other === name
        ? `is taken by ${twin.manifest}`
        : `differs from ${other} of ${twin.manifest} in small and capital letters only`;
    return [refused(one.manifest, `name: ${name} ${problem}`, one.package?.lineOf(['name']) ?? null)];
  });
}

function producerComplaints(
  one: CheckedModule,
  named: ReadonlyMap<ModuleName, CheckedModule>,
  allKnown: boolean,
): readonly Complaint[] {
  const consumer = one.package?.module;
  if (!one.package || !consumer) return [];
  const { ranges, lineOf } = one.package;
  return [...ranges].flatMap(([name, range]) => {
    const line = lineOf(['dependencies', name]);
    const producer = named.get(name)?.package?.module;
    if (producer)
      return referenceWarnings(consumer, producer, range).map((problem) => warned(one.manifest, problem, line));
    if (!allKnown) return [];
    return [refused(one.manifest, missingProducer(name, [...named.keys()]), line)];
  });
}

/** In words that follow the consumer's package.json. */
export function missingProducer(name: ModuleName, modules: readonly ModuleName[]): string {
  const meant = nearestName(name, modules);
  const perhaps = meant === undefined ? '' : `; perhaps ${meant} is meant`;
  return `dependencies: there is no module ${name}${perhaps}; a module depends on modules of its factory, and on @system components`;
}

function referenceWarnings(consumer: ModulePackage, producer: ModulePackage, range: string): readonly string[] {
  const problem = rangeProblem(range, producer.version);
  return [
    ...(problem ? [`dependencies: ${producer.name}: ${problem}; the range does not count`] : []),
    ...(consumer.published && !producer.published
      ? [`dependencies: ${producer.name} is not published, so that ${consumer.name} cannot be prepared before it is`]
      : []),
  ];
}

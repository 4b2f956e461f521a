/** The plan of a generated factory: which modules there are, what each is about, and which it references. */

import { breaks } from './breaks.js';
import type { Dice } from './dice.js';
import type { ModulePlan } from './modulePlan.js';
import { type Graph, kindOf, producersOf } from './references.js';

export interface FactoryOptions {
  readonly modules: number;
  readonly seed: number;
  /** The share of modules that use an element which the newer release changed: 0 to 1. Above 0, at least one module does. */
  readonly breakShare: number;
  readonly graph: Graph;
}

const areas: readonly (readonly [area: string, ...subjects: string[]])[] = [
  ['fleet', 'vehicle', 'trip', 'inspection', 'driver', 'repair'],
  ['billing', 'invoice', 'voucher', 'refund', 'tariff', 'mandate'],
  ['warehouse', 'pallet', 'delivery', 'stocktake', 'carrier', 'order'],
  ['clinic', 'visit', 'referral', 'ward', 'prescription', 'finding'],
  ['energy', 'reading', 'contract', 'outage', 'station', 'forecast'],
  ['campus', 'course', 'exam', 'lecture', 'grant', 'student'],
  ['harbour', 'berth', 'vessel', 'container', 'crane', 'permit'],
];

const texts = ['city', 'channel', 'owner', 'colour', 'language', 'category', 'priority'];
const numbers = ['amount', 'weight', 'hours', 'distance', 'quantity', 'discount', 'rating'];

/** Modules of one application stand together, as teams build them. */
const modulesPerApplication = 14;

/** Producers before their consumers. */
export function planFactory(options: FactoryOptions, chance: Dice): readonly ModulePlan[] {
  const { modules: count, graph } = options;
  const broken = brokenIndexes(options, chance);
  const plans: ModulePlan[] = [];
  for (let index = 0; index < count; index++) {
    const producers = producersOf({ index, count, graph }, chance).map((producer) => plans[producer]);
    plans.push({
      ...subjectOf(index, count, graph, chance),
      producers: producers.filter((producer) => producer !== undefined),
      breaks: broken.has(index) ? chance.pick(breaks, 'break', index) : undefined,
    });
  }
  return plans;
}

function subjectOf(index: number, count: number, graph: Graph, chance: Dice): Omit<ModulePlan, 'producers' | 'breaks'> {
  const applicationNumber = Math.floor(index / modulesPerApplication);
  const [area, ...subjects] = areas[applicationNumber % areas.length] ?? ['other'];
  const subject = chance.pick(subjects, 'subject', index);
  const kind = kindOf(index, count, graph, chance);
  const folder = `${area}-${subject}-${kind}-${String(index).padStart(4, '0')}`;
  const [firstText = '', secondText = ''] = chance.shuffled(texts, 'texts', index);
  const [firstNumber = '', secondNumber = ''] = chance.shuffled(numbers, 'numbers', index);
  return {
    index,
    folder,
    name: `@generated/${folder}`,
    version: [
      1 + chance.below(5, 'major', index),
      chance.below(9, 'minor', index),
      chance.below(9, 'patch', index),
    ].join('.'),
    application: `${capital(area)} ${applicationNumber + 1}`,
    kind,
    subject,
    entity: capital(subject),
    texts: [firstText, secondText],
    numbers: [firstNumber, secondNumber],
  };
}

function brokenIndexes({ modules, breakShare }: FactoryOptions, chance: Dice): ReadonlySet<number> {
  const count = breakShare === 0 ? 0 : Math.max(1, Math.round(breakShare * modules));
  const all = Array.from({ length: modules }, (_, index) => index);
  return new Set(chance.shuffled(all, 'broken').slice(0, count));
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

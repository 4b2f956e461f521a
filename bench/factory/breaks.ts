/** Elements of the system components that 11.18.1 has and 11.41.0 removed or changed, each with code that uses it. */
import type { Break } from './modulePlan.js';
import { tableName } from './words.js';

export const breaks: readonly Break[] = [
  {
    component: '@system/data',
    element: 'Table.findBy',
    change: 'removed',
    imports: undefined,
    source: (module) => `
/** The ${module.subject} that people name by this reference. */
export async function ${module.subject}ByReference(reference: string): Promise<Stored<${module.entity}> | undefined> {
  return ${tableName(module)}.findBy('reference', reference.trim().toUpperCase());
}
`,
  },
  {
    component: '@system/text',
    element: 'parseNumber',
    change: 'result changed',
    imports: 'parseNumber',
    source: ({ subject, entity, numbers: [first] }) => `
/** Reads the ${first} of a ${subject} as a person typed it; what is no number counts as nothing. */
export function read${entity}(typed: string): number {
  const ${first}: number = parseNumber(typed);
  return Number.isNaN(${first}) ? 0 : ${first};
}
`,
  },
  {
    component: '@system/security',
    element: 'User.name',
    change: 'renamed',
    imports: undefined,
    source: ({ subject, entity }) => `
/** Whom the screens of this module greet. */
export function ${subject}Clerk(request: { readonly user: string }): string {
  const { name, signedIn } = currentUser(request);
  return signedIn ? \`\${name}, who looks after ${entity}\` : 'nobody';
}
`,
  },
  {
    component: '@system/http',
    element: 'enqueue',
    change: 'parameters changed',
    imports: 'enqueue',
    source: (module) => `
/** Tells the archive of a ${module.subject} that was closed; it is often out of reach, so several attempts are made. */
export async function archive${module.entity}(row: Stored<${module.entity}>): Promise<number> {
  const receipt = await enqueue('archive:${module.folder}', row, 5);
  return receipt.reference;
}
`,
  },
  {
    component: '@system/tasks',
    element: 'postpone',
    change: 'required parameter added',
    imports: 'postpone, timer',
    source: ({ subject, entity, folder }) => `
/** No work on any ${subject} for that many minutes. */
export async function pause${entity}(minutes: number): Promise<void> {
  await postpone(timer('${folder}', 60), minutes);
}
`,
  },
  {
    component: '@system/ui',
    element: 'meter',
    change: 'parameters changed',
    imports: 'meter',
    source: ({ subject, entity, numbers: [first] }) => `
/** How much of the allowed ${first} a ${subject} has used. */
export function ${subject}Gauge(row: ${entity}, allowed: number): string {
  return meter(Math.min(row.${first}, allowed), allowed).toString();
}
`,
  },
];

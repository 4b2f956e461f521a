/** Publishing as Service Center does it. */

import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import type { Publication } from '../../port/publishing.js';
import { plainSource, quiet, type TinyEnvironment } from './tinyFactory.js';

export interface PublishParts {
  readonly source?: string;
  /** The modules it references from now on; those it did when not given. */
  readonly uses?: readonly string[];
  readonly user?: string;
  readonly id?: string;
}

let count = 0;

export function publishModule(
  { context, environment }: TinyEnvironment,
  module: string,
  { source, uses, user = 'ada', id = `publish ${++count}` }: PublishParts = {},
): Promise<Publication> {
  const files = filesOf(module, source, uses);
  const request = { id, environment, module, user, ...(Object.keys(files).length > 0 ? { files } : {}) };
  return moduleOperations(context).publish(request, quiet);
}

export function filesOf(module: string, source?: string, uses?: readonly string[]): Readonly<Record<string, string>> {
  return {
    ...(source === undefined && uses === undefined
      ? {}
      : { 'src/index.ts': source ?? plainSource(module, uses ?? []) }),
    ...(uses === undefined ? {} : { 'package.json': manifest(module, uses) }),
  };
}

function manifest(name: string, uses: readonly string[]): string {
  return JSON.stringify({
    name,
    version: '2.0.0',
    dependencies: Object.fromEntries(uses.map((use) => [use, '1.0.0'])),
    uplift: { application: 'tests', kind: 'library' },
  });
}

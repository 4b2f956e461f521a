/** A tiny factory in four environments of one front end each, published on the older release; what its uplift.yaml says is up to the test. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { firstPublish } from '../../platform/embedded/factory/firstPublish.js';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { infrastructure, screen } from '../e2e/factories.js';
import { freePort } from '../e2e/freePort.js';
import {
  older,
  type TinyEnvironment,
  type TinyModule,
  temporaryFolder,
  writeFactory,
} from '../platform/tinyFactory.js';

export const environments = ['Development', 'Testing', 'Pre-Production', 'Production'] as const;
export type EnvironmentName = (typeof environments)[number];

/** Keys of uplift.yaml. */
type Keys = Readonly<Record<string, unknown>>;

const working = { base: {}, home: { uses: ['base'], source: screen('Home') } };
const hotPoints = ['/', '/home/Home'];

/** `defaults` and the keys of each environment, beside those that every one has; `more` are modules beside two that work. */
export async function fourEnvironments(
  defaults: Keys,
  keys: Readonly<Record<EnvironmentName, Keys>>,
  more: Readonly<Record<string, TinyModule>> = {},
): Promise<TinyEnvironment> {
  const factory = writeFactory({ ...working, ...more });
  const described = environments.map((name) => ({
    name,
    stage: name.toLowerCase(),
    release: older,
    zones: [{ name: 'Main', frontEnds: [`${name.toLowerCase()}-1`] }],
    ...keys[name],
  }));
  const content = { infrastructure, defaults, hotPoints, environments: described };
  writeFileSync(path.join(factory, 'uplift.yaml'), stringify(content));
  const context = openEmbeddedContext(temporaryFolder());
  const ports = await differentPorts(3 * environments.length);
  await importFactory(context, await readFactory(factory), (position) => {
    const [balancer = 0, serviceCenter = 0, frontEnds = 0] = ports.slice(3 * position);
    return { balancer, serviceCenter, frontEnds };
  });
  for (const name of environments) await firstPublish(context, name, () => undefined);
  return { context, environment: environments[0], factory };
}

async function differentPorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

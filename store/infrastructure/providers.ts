/** Who does what in an environment, as uplift.yaml says it: a key for each capability. */
import * as z from 'zod';
import {
  type Capability,
  type ChosenProviders,
  capabilities,
  type Provider,
  providerKinds,
} from '../../domain/infrastructure/provider.js';
import { commandShape, describedCommand } from './command.js';

const provider = z.union([z.enum(providerKinds), commandShape]);

const described: Readonly<Record<Capability, string>> = {
  installer: 'Who upgrades front ends, server, Service Center and System Components',
  traffic: 'Who takes a front end out of traffic, and puts it back',
  door: 'Who keeps users out, and lets them in',
  snapshot: 'Who keeps the environment aside before its first change',
  restore: 'Who brings it back to that',
  preparation: 'Who prepares the modules',
  deployment: 'Who deploys them',
  'hot points': 'Who looks whether the hot points answer: http asks for them at the address of the environment',
  'error log': 'Who looks for new errors',
};

const keys = Object.fromEntries(
  capabilities.map((capability) => [capability, provider.optional().describe(described[capability])]),
) as Record<Capability, z.ZodOptional<typeof provider>>;

export const providers = z
  .strictObject(keys)
  .describe(
    'Who does what: people, as tasks; http, for hot points; or a command. What is left out the embedded platform does, or people where there is none',
  );

type ProvidersContent = z.infer<typeof providers>;

/** Those of an environment win over those of `defaults`, one by one. */
export function chosenProviders(own: ProvidersContent = {}, defaults: ProvidersContent = {}): ChosenProviders {
  return Object.fromEntries(
    capabilities.flatMap((capability) => {
      const content = own[capability] ?? defaults[capability];
      return content === undefined ? [] : [[capability, providerIn(content)]];
    }),
  );
}

function providerIn(content: NonNullable<ProvidersContent[Capability]>): Provider {
  return typeof content === 'string' ? { kind: content } : { kind: 'command', command: describedCommand(content) };
}

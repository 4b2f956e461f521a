/** Who does what in an environment, in phrases for those who approve it. */

import { capabilities, type Provider } from '../infrastructure/provider.js';
import type { EnvironmentDecisions } from './plan.js';

/** One for each who does something, with what they do; empty where the embedded platform does everything. */
export function doersTexts({ providers, operators = [] }: EnvironmentDecisions): readonly string[] {
  if (!providers) return [];
  const doers = new Map<string, string[]>();
  for (const capability of capabilities) {
    const doer = doerText(providers[capability], operators);
    doers.set(doer, [...(doers.get(doer) ?? []), capability]);
  }
  return [...doers].map(([doer, done]) => `${doer}: ${done.join(', ')}`);
}

/** A command in full: it is what is approved. */
function doerText(provider: Provider, operators: readonly string[]): string {
  switch (provider.kind) {
    case 'people':
      return operators.length === 0 ? 'people' : `people (${operators.join(', ')})`;
    case 'command': {
      const { on, run } = provider.command;
      return `${run.join(' ')} on ${on}`;
    }
    case 'embedded':
    case 'http':
      return provider.kind;
  }
}

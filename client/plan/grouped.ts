/** What is the same for several environments, said once. */

export interface EnvironmentText {
  readonly environment: string;
  readonly text: string;
}

/** The environments of each text, in the order the texts first come. */
export function grouped(texts: readonly EnvironmentText[]): readonly (readonly [environments: string, text: string])[] {
  const groups = new Map<string, string[]>();
  for (const { environment, text } of texts) groups.set(text, [...(groups.get(text) ?? []), environment]);
  return [...groups].map(([text, environments]) => [environments.join(', '), text]);
}

/** What is the same for several environments, said once. */

export interface EnvironmentText {
  readonly environment: string;
  readonly text: string;
}

/** The environments of each text, in the order the texts first come. `all`: the names of every environment. */
export function grouped(
  texts: readonly EnvironmentText[],
  all: readonly string[],
): readonly (readonly [environments: string, text: string])[] {
  const groups = new Map<string, string[]>();
  for (const { environment, text } of texts) groups.set(text, [...(groups.get(text) ?? []), environment]);
  return [...groups].map(([text, environments]) => [namesText(environments, all), text]);
}

/** `every environment` where there are several and none is missing. */
export function namesText(names: readonly string[], all: readonly string[]): string {
  const everyOne = all.length > 1 && all.every((name) => names.includes(name));
  return everyOne ? ['every environment', ...names.filter((name) => !all.includes(name))].join(', ') : names.join(', ');
}

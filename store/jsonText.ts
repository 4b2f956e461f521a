/** JSON that people give: its value, or what is wrong with it and where. */

export type ParsedJson =
  | { readonly value: unknown }
  /** A problem follows the name of the file; `line` counts from 1, null: it is not known. */
  | { readonly problem: string; readonly line: number | null };

/** Never throws. */
export function parsedJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const { message } = error as Error;
    return { problem: `is not JSON: ${message}`, line: lineIn(message, text) };
  }
}

/** What the parser says of the place is in its message, in one of two ways or not at all. */
function lineIn(message: string, text: string): number | null {
  const [, told] = /\bline (\d+)/.exec(message) ?? [];
  const [, position] = /\bposition (\d+)/.exec(message) ?? [];
  if (told !== undefined) return Number(told);
  return position === undefined ? null : lineAt(text, Number(position));
}

/** From 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

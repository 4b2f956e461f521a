/** What a screen's result means to the browser. */

export type ScreenAnswer =
  | { readonly kind: 'document'; readonly status: number; readonly body: string }
  | { readonly kind: 'redirect'; readonly location: string };

/** Markup, `{ redirect }` or `{ status, html }`. Throws on anything else: showing nothing would hide a mistake. */
export function screenAnswer(result: unknown): ScreenAnswer {
  if (typeof result === 'string') return { kind: 'document', status: 200, body: result };
  if (typeof result === 'object' && result !== null) {
    const { redirect, status, html } = result as Record<string, unknown>;
    if (typeof redirect === 'string') return { kind: 'redirect', location: redirect };
    if (isStatus(status) && typeof html === 'string') return { kind: 'document', status, body: html };
  }
  throw new TypeError('A screen answers with a text, { redirect } or { status, html }');
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) < 600;
}

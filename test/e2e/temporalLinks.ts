/** The links of the documents into the Temporal UI, followed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const pages = ['README.md', 'docs/temporal-ui.md'];

/** What follows the default address, by the link's text. Throws where two links of one text lead to two places. */
export function linksOfDocuments(): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const [, text = '', place = ''] of pages.map(read).join('\n').matchAll(link)) {
    if ((links.get(text) ?? place) !== place) throw new Error(`"${text}" links to ${links.get(text)} and to ${place}`);
    links.set(text, place);
  }
  return links;
}

/** Opens the link with this text; a list is open once the UI shows each of its conditions, and the view it was saved as. */
export async function openLink(page: Page, ui: string, text: string): Promise<void> {
  const url = new URL(linksOfDocuments().get(text) ?? `no document links to "${text}"`, ui);
  await page.goto(url.href);
  const conditions = (url.searchParams.get('query') ?? '').matchAll(/`(\w+)`/g);
  for (const [, attribute = ''] of conditions) {
    await page.getByRole('button', { name: attribute }).waitFor();
  }
  const view = url.searchParams.get('savedQuery');
  if (view !== null) await page.getByTestId('saved-views-button').filter({ hasText: view }).waitFor();
}

const link = /\[([^\]]+)\]\(http:\/\/127\.0\.0\.1:8233(\/[^)\s]+)\)/g;

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
}

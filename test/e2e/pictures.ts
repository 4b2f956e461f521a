/** The pictures of docs/temporal-ui.md, made anew where UPLIFT_PICTURES=1 asks for them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { toast } from './temporalSignals.js';

const taken = new Set<string>();

/** Of what `shown` shows, if the page has a picture of this name and none was taken yet. */
export async function takePicture(name: string, shown: Locator): Promise<void> {
  if (!process.env['UPLIFT_PICTURES']) return;
  const place = `pictures/${name}.png`;
  if (taken.has(name) || !readFileSync(file('temporal-ui.md'), 'utf8').includes(place)) return;
  taken.add(name);
  await toast(shown.page()).waitFor({ state: 'hidden' });
  await shown.screenshot({ path: file(place), animations: 'disabled' });
}

function file(place: string): string {
  return fileURLToPath(new URL(`../../docs/${place}`, import.meta.url));
}

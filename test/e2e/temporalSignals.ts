/** What people do on the page of a run that waits: read the message to send, and send it with the dialog. */
import type { Locator, Page } from 'playwright-core';
import { typeJson } from './temporalPages.js';
import { until } from './until.js';

/** The message that a run's details show, with gate, plan and token, and the approver left to fill in. */
export type ShownMessage = Readonly<Record<string, unknown>>;

/** The message to send for `gate`, read from the details of the run whose page is open. */
export async function messageShown(page: Page, gate: string): Promise<ShownMessage> {
  await page.getByTestId('user-metadata-tab').click();
  const code = page
    .frameLocator('iframe >> nth=-1')
    .locator('pre')
    .filter({ hasText: `"gate": "${gate}"` });
  const shown = async () => {
    const text = await code.textContent({ timeout: 3_000 }).catch(() => null);
    if (text === null) await page.keyboard.press('r'); // details refresh only when they are asked to
    return text;
  };
  return JSON.parse(await until(`the message for the gate ${gate}`, shown)) as ShownMessage;
}

/** Opens the dialog of a run's page, with the signals to choose from. */
export async function openSignals(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More Actions' }).filter({ visible: true }).click();
  await page.getByText('Send a Signal', { exact: true }).filter({ visible: true }).click();
  await dialog(page).getByTestId('signal-select-button').click();
  await dialog(page).getByRole('option').last().waitFor();
}

export async function fillSignal(page: Page, signal: string, message: ShownMessage): Promise<void> {
  await dialog(page)
    .getByRole('option', { name: new RegExp(`^\\s*${signal}\\b`) })
    .click();
  await typeJson(dialog(page).getByRole('textbox', { name: 'Data' }), message);
  await page.keyboard.press('Tab'); // leaving the editor formats its text, which moves the button
}

/** Resolves once the server has the signal: only then does the dialog close. */
export async function sendSignal(page: Page): Promise<void> {
  // The UI breaks on a signal that is sent while it still tells of the one before (some three seconds).
  await toast(page).waitFor({ state: 'hidden' });
  await dialog(page).getByRole('button', { name: 'Submit' }).click();
  await dialog(page).waitFor({ state: 'hidden' });
}

export function dialog(page: Page): Locator {
  return page.locator('dialog[open]');
}

/** "Workflow signaled." */
export function toast(page: Page): Locator {
  return page.locator('#workflow-signal-success-toast');
}

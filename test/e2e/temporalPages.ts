/** The pages of the Temporal UI, as people use them: the form that starts a run, lists, the end of a run. */
import type { Locator, Page } from 'playwright-core';
import { until } from './until.js';

export interface StartForm {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly workflowType: string;
  readonly input: object;
}

export interface Outcome {
  /** `COMPLETED`, `FAILED`, … */
  readonly status: string;
  /** As JSON. */
  readonly result: string;
}

/** From a list to the form, filled in. */
export async function fillStartForm(page: Page, form: StartForm): Promise<void> {
  await page.getByRole('link', { name: 'Start Workflow' }).click();
  await page.locator('#workflowId').fill(form.workflowId);
  await page.locator('#taskQueue').fill(form.taskQueue);
  await page.locator('#workflowType').fill(form.workflowType);
  await typeJson(page.getByRole('textbox', { name: 'Data' }), form.input);
  await page.getByRole('heading', { name: 'Start Workflow' }).click(); // leaving the editor formats its text, which moves the button
  await page.getByText('Task Queue is Active').waitFor();
}

/** What the form holds, once it has found the task queue and some input. */
export async function startFormShown(page: Page): Promise<StartForm> {
  await page.getByText('Task Queue is Active').waitFor();
  const input = page.getByRole('textbox', { name: 'Data' }).filter({ hasText: '}' });
  const value = (id: string) => page.locator(id).inputValue();
  return {
    workflowId: await value('#workflowId'),
    taskQueue: await value('#taskQueue'),
    workflowType: await value('#workflowType'),
    input: JSON.parse(await input.innerText()) as object,
  };
}

export async function start(page: Page): Promise<void> {
  await page.getByTestId('start-workflow-button').click();
  await page.getByRole('link', { name: 'Workflow started successfully' }).waitFor();
}

/** The workflow ids of a list, once it says which or that there are none. */
export async function idsListed(page: Page): Promise<readonly string[]> {
  const rows = page.getByTestId('workflows-summary-configurable-table-row');
  await rows
    .or(page.getByText(/^No .*Found/))
    .first()
    .waitFor();
  return Promise.all((await rows.all()).map((row) => row.getByRole('link').first().innerText()));
}

/** From a list to the run with this id, as soon as the list shows it. */
export async function openFromList(page: Page, workflowId: string): Promise<void> {
  const entry = page.getByRole('link', { name: workflowId, exact: true });
  const listed = async () => {
    if (await entry.isVisible()) return true;
    await page.getByText('Refresh', { exact: true }).click();
    return entry.waitFor({ timeout: 500 }).then(
      () => true,
      () => false,
    );
  };
  await until(`${workflowId} in the list`, listed);
  await entry.click();
}

export async function backToList(page: Page): Promise<void> {
  await page.getByTestId('back-to-workflows').click();
}

/** How the run of this page ends, which is waited for, and its result as the copy button gives it. */
export async function outcome(page: Page): Promise<Outcome> {
  const shown = page.getByTestId('execution-status').filter({ visible: true });
  const ended = async () => {
    const status = await shown.innerText();
    return status !== 'RUNNING' && status;
  };
  const status = await until('the end of the run', ended);
  const ofResult = { has: page.getByRole('textbox', { name: 'Result' }) };
  await page
    .getByTestId('input-and-result')
    .locator('div', ofResult)
    .filter({ has: page.getByRole('button') })
    .last()
    .getByRole('button')
    .first()
    .click();
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
  return { status, result: await until('the copied result', copied) };
}

/** Scrolls the result to its last lines. */
export async function scrollResult(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Result' }).hover();
  await page.mouse.wheel(0, 100_000);
}

/** Into an editor that closes brackets and quotes by itself. */
export async function typeJson(editor: Locator, value: object): Promise<void> {
  await editor.click();
  await editor.press('ControlOrMeta+A');
  await editor.press('Delete');
  await editor.page().keyboard.insertText(JSON.stringify(value));
}

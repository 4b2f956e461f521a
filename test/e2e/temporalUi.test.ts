/**
 * The Temporal UI alone is enough: a browser starts an upgrade from the form, reads the details, sends the messages shown there and
 * sees Production done. With UPLIFT_PICTURES=1 the pictures of docs/temporal-ui.md are made anew.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { older, writeFactory } from '../platform/tinyFactory.js';
import { startUplift, type Uplift } from './uplift.js';

/** Runs where a browser is asked for: UPLIFT_BROWSER=1. */
const executablePath =
  !process.env['UPLIFT_BROWSER'] && !process.env['UPLIFT_PICTURES']
    ? undefined
    : ['/usr/bin/chromium', '/usr/bin/google-chrome', process.env['UPLIFT_CHROMIUM'] ?? ''].find((file) =>
        fs.existsSync(file),
      );
const pictures = process.env['UPLIFT_PICTURES']
  ? fileURLToPath(new URL('../../docs/pictures', import.meta.url))
  : undefined;

let uplift: Uplift;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (!executablePath) return;
  uplift = await startUplift(twoEnvironments());
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
});

afterAll(async () => {
  await browser?.close();
  await uplift?.close();
});

it.skipIf(!executablePath)(
  'SELF-01 LIVE-01 is driven to the end by the Temporal UI alone',
  { timeout: 240_000 },
  async () => {
    await startFromTheForm('upgrade/acme', 'upgradeInfrastructure', { infrastructure: 'acme', to: '11.41.0' });
    await sendWhatIsShown('upgrade/acme', 'approve', 'plan', 'ana');
    // Nobody said who asks for the upgrade, so that gates which exclude the requester need one more name.
    for (const approver of ['ana', 'rui']) {
      await sendWhatIsShown('upgrade/acme/environments/Production', 'approve', 'start', approver);
    }
    for (const approver of ['ana', 'rui']) {
      await sendWhatIsShown('upgrade/acme/environments/Production/go-live', 'goLive', 'go live', approver);
    }

    await uplift.client.workflow.getHandle('upgrade/acme').result();
    await page.goto(runPage('upgrade/acme'));
    await page.getByText('COMPLETED').filter({ visible: true }).first().waitFor();
    await picture('done');
    const facts = await (await fetch(`${uplift.run.environments[1]?.serviceCenterUrl}/api/environment`)).json();
    expect(facts).toMatchObject({
      name: 'Production',
      serverRelease: '11.41.0',
      systemComponentsRelease: '11.41.0',
      hold: null,
    });
  },
);

async function startFromTheForm(workflowId: string, type: string, input: object): Promise<void> {
  await page.goto(`${uplift.run.temporal.ui}/namespaces/default/workflows/start-workflow`);
  await page.waitForLoadState('networkidle');
  await page.locator('#workflowId').fill(workflowId);
  await page.locator('#taskQueue').fill('uplift');
  await page.locator('#taskQueue').blur();
  await page.locator('#workflowType').fill(type);
  await page.getByText('Task Queue is Active').waitFor();
  await typeJson(page.locator('[aria-label="Data"]').first(), input);
  await page.getByRole('heading', { name: 'Start Workflow' }).first().click(); // leaving the editor formats it, which moves the button
  await picture('start');
  await page.getByTestId('start-workflow-button').click();
  await page.getByText('Workflow started successfully').first().waitFor();
}

/** Reads the message for `gate` from the current details, fills in the name, and sends it with the dialog of the run's page. */
async function sendWhatIsShown(workflowId: string, signal: string, gate: string, approver: string): Promise<void> {
  const shown = await messageShown(workflowId, gate);
  const { plan, token } = shown;
  const message = signal === 'goLive' ? { plan, token, approver } : { ...shown, approver };
  await page.goto(runPage(workflowId));
  await page.getByRole('button', { name: 'More Actions' }).filter({ visible: true }).first().click();
  await page.getByText('Send a Signal', { exact: true }).filter({ visible: true }).first().click();
  const dialog = page.locator('dialog[open]');
  await dialog.getByTestId('signal-select-button').click();
  await dialog
    .getByRole('option', { name: new RegExp(`^\\s*${signal}\\b`) })
    .first()
    .waitFor();
  await picture(`signal-${gate.replace(' ', '-')}`);
  await dialog
    .getByRole('option', { name: new RegExp(`^\\s*${signal}\\b`) })
    .first()
    .click();
  await typeJson(dialog.locator('[aria-label="Data"]'), message);
  await page.keyboard.press('Tab'); // leaving the editor formats it, which moves the button
  await dialog.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('Workflow signaled').first().waitFor();
}

async function messageShown(workflowId: string, gate: string): Promise<Record<string, string>> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    await page.goto(runPage(workflowId));
    await page
      .getByTestId('user-metadata-tab')
      .click({ timeout: 5_000 })
      .catch(() => undefined);
    const json = await page
      .frameLocator('iframe')
      .last()
      .locator('pre, code')
      .filter({ hasText: '"gate"' })
      .first()
      .textContent({ timeout: 3_000 })
      .catch(() => undefined);
    const message = !json ? undefined : (JSON.parse(json) as Record<string, string>);
    if (message?.['gate'] === gate) {
      await picture(`details-${gate.replace(' ', '-')}`);
      return message;
    }
    if (Date.now() > deadline)
      throw new Error(`the details of ${workflowId} show no message for the gate ${gate}: ${json}`);
  }
}

async function typeJson(editor: ReturnType<Page['locator']>, value: object): Promise<void> {
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(JSON.stringify(value));
}

function runPage(workflowId: string): string {
  return `${uplift.run.temporal.ui}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
}

async function picture(name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`) });
}

/** A Development without questions and a Production that asks for its start and its go live. */
function twoEnvironments(): string {
  const folder = writeFactory({ base: {}, home: { uses: ['base'], source: homeScreen } });
  const environment = (name: string, stage: string, frontEnd: string) =>
    `  - { name: ${name}, stage: ${stage}, release: ${older}, zones: [{ name: Main, frontEnds: [${frontEnd}-1, ${frontEnd}-2] }] }`;
  const lines = [
    'infrastructure: acme',
    'environments:',
    environment('Development', 'development', 'dev'),
    environment('Production', 'production', 'prod'),
    'hotPoints: [/home/Home]',
  ];
  fs.writeFileSync(path.join(folder, 'uplift.yaml'), `${lines.join('\n')}\n`);
  return folder;
}

const homeScreen = `import { used } from 'base';\nexport const Home = { name: 'Home', render: () => \`<p>\${used()}</p>\` };\n`;

/**
 * The Temporal UI alone is enough: a browser starts an upgrade from the form, finds what waits with the links of the documents, reads
 * the details, sends the messages shown there and sees Production done. Runs where there is a browser.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLink } from '../../client/local/upCommand.js';
import { taskQueueOf } from '../../contract/installation.js';
import { newer, older } from '../platform/tinyFactory.js';
import { findChromium, openChromium } from './chromium.js';
import { takePicture } from './pictures.js';
import { linksOfDocuments, openLink } from './temporalLinks.js';
import {
  backToList,
  fillStartForm,
  idsListed,
  openFromList,
  outcome,
  type StartForm,
  scrollResult,
  start,
  startFormShown,
} from './temporalPages.js';
import { dialog, fillSignal, messageShown, openSignals, sendSignal } from './temporalSignals.js';
import { writeTwoEnvironments } from './twoEnvironments.js';
import { startUplift, type Uplift } from './uplift.js';

const executablePath = findChromium();

const upgrade = {
  workflowId: 'upgrade/acme',
  workflowType: 'upgradeInfrastructure',
  input: { infrastructure: 'acme', to: newer },
} as const;
const production = `${upgrade.workflowId}/environments/Production`;
const goLive = `${production}/go-live`;
const upgraded = { from: older, to: newer, outcome: 'upgraded', checks: { checked: 1, failures: 0, newErrors: 0 } };
/** Nobody said who asks for the upgrade, so that Production's gates, which exclude whoever does, need one more name. */
const approvers = ['ana', 'rui'];

const opened = new Set<string>();
let uplift: Uplift;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (!executablePath) return;
  uplift = await startUplift(writeTwoEnvironments());
  browser = await openChromium(executablePath);
  const permissions = ['clipboard-read', 'clipboard-write'];
  page = await browser.newPage({ viewport: { width: 1280, height: 1250 }, timezoneId: 'UTC', permissions });
  page.setDefaultTimeout(60_000);
});

afterAll(async () => {
  await browser?.close();
  await uplift?.close();
});

it.skipIf(!executablePath)(
  'SELF-01 LIVE-01 is driven to the end by the Temporal UI alone, with the links of the documents',
  async () => {
    await startFromTheForm();
    await answerWhatWaits();
    await seeTheEnd();
    await followTheOtherLinks();
  },
);

function form(): StartForm {
  return { ...upgrade, taskQueue: taskQueueOf(uplift.run.installation) };
}

async function startFromTheForm(): Promise<void> {
  await open('Procedures');
  await fillStartForm(page, form());
  expect(await startFormShown(page)).toEqual(form());
  await takePicture('start', page.locator('#content'));
  await start(page);
}

async function answerWhatWaits(): Promise<void> {
  await open('Waiting for approval');
  await answer(upgrade.workflowId, 'approve', 'plan', 'ana');
  for (const approver of approvers) await answer(production, 'approve', 'start', approver);
  for (const approver of approvers) await answer(goLive, 'goLive', 'go live', approver);
}

/**
 * From the list of what waits and back to it: sends the message that the run's details show for the gate, with a name filled in.
 * `goLive` is of one gate only and does not name it.
 */
async function answer(run: string, signal: 'approve' | 'goLive', gate: string, approver: string): Promise<void> {
  await openFromList(page, run);
  const pictured = gate.replace(' ', '-');
  const shown = await messageShown(page, gate);
  const { gate: _, ...rest } = shown;
  await takePicture(`details-${pictured}`, page.locator('#content'));
  await openSignals(page);
  await takePicture(`signals-${pictured}`, dialog(page));
  await fillSignal(page, signal, { ...(signal === 'goLive' ? rest : shown), approver });
  await takePicture(`message-${pictured}`, dialog(page));
  await sendSignal(page);
  await backToList(page);
}

async function seeTheEnd(): Promise<void> {
  await open('Procedures');
  await expectListed([upgrade.workflowId]);
  await openFromList(page, upgrade.workflowId);
  const { status, result } = await outcome(page);
  await scrollResult(page);
  await takePicture('done', page.locator('#content'));
  expect(status, result).toBe('COMPLETED');
  expect(JSON.parse(result)).toMatchObject({
    infrastructure: 'acme',
    to: newer,
    planApprovers: ['ana'],
    environments: [
      { environment: 'Development', ...upgraded, approvals: [] },
      {
        environment: 'Production',
        ...upgraded,
        approvals: ['start: ana', 'start: rui', 'go live: ana', 'go live: rui'],
      },
    ],
  });
  for (const { name, serviceCenterUrl, applicationsUrl } of uplift.run.environments) {
    expect(await (await fetch(`${serviceCenterUrl}/api/environment`)).json()).toMatchObject({
      name,
      serverRelease: newer,
      serviceCenterRelease: newer,
      systemComponentsRelease: newer,
      hold: null,
    });
    const home = await fetch(`${applicationsUrl}/home/Home`);
    expect([name, home.status, home.headers.get('x-server-release')]).toEqual([name, 200, newer]);
  }
}

async function followTheOtherLinks(): Promise<void> {
  await open('Production');
  await expectListed(expect.arrayContaining([production, goLive]));
  await open('Failures');
  await expectListed([]);
  await page.goto(startLink(uplift.run));
  expect(await startFormShown(page)).toEqual(form());
  expect([...linksOfDocuments().keys()].filter((link) => !opened.has(link))).toEqual([]);
}

async function expectListed(ids: readonly string[]): Promise<void> {
  await expect.poll(() => idsListed(page)).toEqual(ids);
}

function open(link: string): Promise<void> {
  opened.add(link);
  return openLink(page, uplift.run.temporal.ui ?? '', link);
}

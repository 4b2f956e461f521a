/** The browser that tests drive: a Chromium or Chrome of this machine, without a window. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { patience } from './until.js';

/** What UPLIFT_CHROMIUM names, whether it is there or not; else the first one found; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = [...folders.flatMap((folder) => commands.map((name) => path.join(folder, name))), ...applications];
  return process.env['UPLIFT_CHROMIUM'] || found.find((file) => existsSync(file));
}

/** Rejects when the file cannot be started. */
export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, timeout: patience.condition });
}

const commands = ['chromium', 'google-chrome', 'google-chrome-stable'];

/** macOS has none of them on the PATH. */
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

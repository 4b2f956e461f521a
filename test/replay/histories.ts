/**
 * Histories as files, one event a line: what a run did, without what says where it was recorded. `workflowId` is kept beside the
 * events, for a replay needs it.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type History, historyToJSON } from '@temporalio/common/lib/proto-utils.js';

export interface RecordedHistory {
  readonly workflowId: string;
  readonly events: readonly RecordedEvent[];
}

interface RecordedEvent {
  readonly eventType: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
}

const folder = fileURLToPath(new URL('histories', import.meta.url));

/** `deployModules`; those of a released version are in its folder: `0.1.0/deployModules`. */
export function historyNames(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length).split(path.sep).join('/'))
    .sort();
}

export function readHistory(name: string): RecordedHistory {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as RecordedHistory;
}

export function workflowTypeOf({ events: [started] }: RecordedHistory): string | undefined {
  return started?.workflowExecutionStartedEventAttributes?.workflowType.name;
}

/** Throws when something in it names a place of this machine. */
export function writeHistory(name: string, workflowId: string, history: History): void {
  const { events } = JSON.parse(historyToJSON(history)) as { events: readonly unknown[] };
  const lines = events.map((event) => JSON.stringify(anonymous(event)));
  const text = `{"workflowId":${JSON.stringify(workflowId)},"events":[\n${lines.join(',\n')}\n]}\n`;
  const place = placesIn(text);
  if (place.length > 0) throw new Error(`${name} names ${place.join(', ')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(name), text);
}

/** Those of released versions stay. */
export function removeHistories(): void {
  for (const name of historyNames().filter((each) => !each.includes('/'))) rmSync(fileOf(name));
}

/** Who took a task, whose the run is, and where in the code something failed says nothing to a replay. */
function anonymous(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^(orchestrator|compile)@.*$/, '$1');
  if (Array.isArray(value)) return value.map(anonymous);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !untold.includes(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, anonymous(inner)]));
}

const untold = ['identity', 'stackTrace', 'workerVersion', 'requestId', 'owner'];

/** Absolute paths, also those inside payloads. */
function placesIn(text: string): readonly string[] {
  const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const found = [text, ...payloads].flatMap(
    (each) => each.match(/\/(?:tmp|home|root|work|Users|var)\/[\w./-]*/g) ?? [],
  );
  return [...new Set(found)];
}

function fileOf(name: string): string {
  return path.join(folder, `${name}.json`);
}

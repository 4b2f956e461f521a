/** Whether the Service Centers and the applications of an infrastructure answer. */
import type { Temporal } from '../../connection.js';
import { doorNext, doorText } from '../doorText.js';
import type { Place } from '../infrastructure.js';
import { runningRuns } from '../runs.js';
import { type Finding, type Found, finding, problem, well } from './finding.js';

/** Milliseconds an application may take for its first page. */
const answerWithin = 10_000;

export async function platformFindings(places: readonly Place[]): Promise<readonly Finding[]> {
  const findings = places.map((place) => [
    finding(`Service Center of ${place.environment}`, () => serviceCenterState(place)),
    finding(`applications of ${place.environment}`, () => applicationsState(place)),
  ]);
  return Promise.all(findings.flat());
}

/** One for each environment whose users are kept out. */
export async function doorFindings(temporal: Temporal, places: readonly Place[]): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    places.map((place) => finding(`door of ${place.environment}`, () => doorState(temporal, place))),
  );
  return findings.filter(({ ok, detail }) => !ok || detail !== open);
}

const open = 'open';

async function doorState(temporal: Temporal, place: Place): Promise<Found> {
  const facts = await place.serviceCenter.facts();
  if (!facts.door) return well(open);
  const next = doorNext(facts, await runningRuns(temporal, place));
  return next === null ? well(doorText(facts.door)) : problem(`${doorText(facts.door)}; no run works on it`, next);
}

async function serviceCenterState({ serviceCenter }: Place): Promise<Found> {
  const { serverRelease, hold } = await serviceCenter.facts();
  const held = hold ? `, held by ${hold.workflow} since ${hold.since}` : '';
  return well(`${serviceCenter.url}, release ${serverRelease}${held}`);
}

async function applicationsState({ applicationsUrl }: Place): Promise<Found> {
  const next = 'look at logs/ in the data folder, or start again: uplift up';
  try {
    const { status } = await fetch(applicationsUrl, { signal: AbortSignal.timeout(answerWithin), redirect: 'manual' });
    return status < 500 ? well(applicationsUrl) : problem(`${applicationsUrl} answers ${status}`, next);
  } catch {
    return problem(`${applicationsUrl} does not answer`, next);
  }
}

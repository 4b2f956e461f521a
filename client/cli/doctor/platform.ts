/** Whether the Service Centers and the applications of an infrastructure answer. */
import type { Place } from '../infrastructure.js';
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

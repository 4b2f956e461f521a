/** Whether the Service Centers and the applications of an infrastructure answer. */
import { doorText } from '../../../domain/goLive/door.js';
import { clockText } from '../../../domain/text.js';
import type { Temporal } from '../../../temporal/connection.js';
import { typed } from '../../words.js';
import { doorNext } from '../doorNext.js';
import { frontEndText } from '../frontEndText.js';
import type { Place } from '../infrastructure.js';
import { runningRuns } from '../runs.js';
import { type Finding, type Found, finding, problem, well } from './finding.js';

/** Milliseconds an application may take for its first page. */
const answerWithin = 10_000;

export async function platformFindings(places: readonly Place[]): Promise<readonly Finding[]> {
  const findings = places.map((place) => [
    finding(`Service Center of ${place.environment}`, () => serviceCenterState(place)),
    finding(`front ends of ${place.environment}`, () => frontEndsState(place)),
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
  const held = hold ? `, held by ${hold.workflow} since ${clockText(hold.since)}` : '';
  return well(`${serviceCenter.url}, release ${serverRelease}${held}`);
}

/** Those that get no requests, and whether somebody wants it so. */
async function frontEndsState({ environment, serviceCenter }: Place): Promise<Found> {
  const { frontEnds, hold } = await serviceCenter.facts();
  const all = frontEnds.map(frontEndText).join(', ');
  const out = frontEnds.filter(({ traffic }) => traffic === 'drained');
  if (out.length === 0) return well(all);
  const takenOut = out.some(({ wanted }) => wanted?.traffic === 'drained');
  if (!takenOut) {
    const logs = out.map(({ name }) => `logs/front-end-${name}.log`).join(', ');
    return problem(all, `read ${logs} and logs/balancer-${environment}.log in the data folder`);
  }
  const start = `uplift upgrade --environment ${typed(environment)} puts it back, or uplift rollback ${typed(environment)}`;
  return problem(
    hold ? `${all}, by ${hold.workflow}` : all,
    hold ? `uplift status ${typed(environment)}; if that run has ended: ${start}` : start,
  );
}

async function applicationsState({ environment, applicationsUrl }: Place): Promise<Found> {
  if (applicationsUrl === null) return well('only described: its address is not known');
  const logs = `logs/balancer-${environment}.log in the data folder`;
  try {
    const { status } = await fetch(applicationsUrl, { signal: AbortSignal.timeout(answerWithin), redirect: 'manual' });
    if (status < 500) return well(applicationsUrl);
    // The balancer runs: its door is closed, or no front end serves.
    return problem(`${applicationsUrl} answers ${status}`, `uplift status ${typed(environment)}, then ${logs}`);
  } catch {
    return problem(`${applicationsUrl} does not answer`, `look at ${logs}, or start again: uplift up`);
  }
}

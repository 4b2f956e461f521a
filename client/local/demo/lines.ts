/** What the demonstration says of a step, and of the work in it. */
import type { PatientCenter } from './centers.js';
import type { Probing } from './prober.js';

export function stepLine(who: string, step: string): string {
  const said = whatHappens(step);
  return said === undefined ? `${who}: ${step}` : `${who}: ${said}`;
}

function whatHappens(step: string): string | undefined {
  switch (step) {
    case 'planning':
      return 'the plan waits for its approval: nothing has been touched yet';
    case 'closing':
      return 'users are kept out by a maintenance page';
    case 'snapshot':
      return 'a snapshot is taken before the first change';
    case 'server':
      return 'the server is upgraded, one front end after the other';
    case 'preparation':
      return 'every module is compiled in the background against the new release; what runs goes on running as it was';
    case 'applications':
      return 'some modules do not compile on the new release';
    case 'deployment':
      return 'what was prepared goes to every front end';
    case 'tests':
      return 'hot points and error log are checked';
    case 'opening':
      return 'users are let in';
    default:
      return undefined;
  }
}

/** Undefined when there is nothing to show. */
export async function workLine(
  center: PatientCenter,
  step: string,
  { requests, failures }: Probing,
): Promise<string | undefined> {
  const pages = `pages ${requests - failures}/${requests} answered`;
  if (step === 'server') {
    const { frontEnds } = await center.facts();
    return `${frontEnds.map(({ name, release, traffic }) => `${name}: ${release ?? 'starting'}, ${traffic}`).join('  ')}  ${pages}`;
  }
  if (step === 'preparation') {
    const newest = (await center.executions()).find((execution) => execution.step === 'Preparation');
    if (newest?.status !== 'running') return undefined;
    const { percent, prepared, failed, skipped, left, timeLeft } = await center.preparation(newest.id);
    const remaining = timeLeft === null ? '' : `, about ${Math.ceil(timeLeft / 1000)} s left`;
    return `${percent} %: ${prepared} prepared, ${failed} failed, ${skipped} skipped, ${left} pending${remaining}  ${pages}`;
  }
  if (step === 'deployment') {
    const newest = (await center.executions()).find((execution) => execution.step === 'Deployment');
    if (newest) return `${newest.counts.done} deployed, ${newest.counts.left} left  ${pages}`;
  }
  return undefined;
}

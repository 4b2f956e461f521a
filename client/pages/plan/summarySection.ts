/** The top of the page: what is asked for, in a few figures, and what still blocks the approval. */
import type { Analysis } from '../../../domain/analysis/analysis.js';
import type { EnvironmentForecast } from '../../../domain/plan/plan.js';
import { entriesLeft, type InfrastructurePlan } from '../../../domain/plan/plan.js';
import { type Phase, phases } from '../../../domain/plan/plannedStep.js';
import { type Html, html } from '../../../http/html.js';
import { counted } from '../../words.js';
import { downtimeText, lifeTimeText, momentText, peopleText, scheduleText } from './wording.js';

export function summarySection(plan: InfrastructurePlan, analysis: Analysis): Html {
  const figures = [...runFigures(plan), ...costFigures(plan)];
  return html`<section aria-labelledby="summary">
<h2 id="summary">At a glance</h2>
${verdict(plan)}
<dl class="figures">
${figures.map(
  ({
    name,
    value,
    remark,
  }) => html`<div><dt>${name}</dt><dd><strong>${value}</strong>${remark === '' ? html`` : html` <span>${remark}</span>`}</dd></div>
`,
)}
</dl>
${phaseList(plan, analysis)}
</section>
`;
}

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly remark: string;
}

/** Whether it can be approved, and by whom. */
function verdict({ decisions, forecast }: InfrastructurePlan): Html {
  const left = entriesLeft(decisions);
  const gate = forecast.approvals.find(({ gate: name }) => name === 'plan');
  if (left.length > 0) {
    const entries = left.length === 1 ? '1 entry has' : `${left.length} entries have`;
    return html`<p class="verdict bad"><strong>Blocked.</strong> ${entries} to be acknowledged with a reason before the plan can be approved: ${left.join(', ')}.</p>`;
  }
  const stuck = forecast.environments.find(({ schedule }) => schedule.kind === 'no window is long enough');
  if (stuck) {
    return html`<p class="verdict warn"><strong>It cannot run to its end:</strong> no window of ${stuck.name} is long enough. Make one longer before the plan is approved.</p>`;
  }
  return html`<p class="verdict good"><strong>Ready to be approved</strong> by ${gate ? peopleText(gate) : 'anybody'}.</p>`;
}

function runFigures({ decisions, forecast }: InfrastructurePlan): readonly Figure[] {
  const froms = [...new Set(decisions.environments.map(({ from }) => from))];
  const first = forecast.environments[0];
  const last = forecast.environments.at(-1);
  return [
    { name: 'Release', value: decisions.to, remark: `from ${froms.join(', ')}` },
    { name: 'Environments', value: String(decisions.order.length), remark: decisions.order.join(' → ') },
    { name: 'Starts', value: startText(first), remark: first?.timeZone ?? '' },
    { name: 'Done', value: endText(last), remark: last?.timeZone ?? '' },
  ];
}

function costFigures({ decisions, forecast }: InfrastructurePlan): readonly Figure[] {
  const production =
    decisions.environments.find(({ stage }) => stage === 'production') ?? decisions.environments.at(-1);
  const expected = forecast.environments.find(({ name }) => name === production?.name);
  const always = forecast.approvals.filter(({ asked }) => asked === 'always');
  const approvals = always.reduce((sum, { people }) => sum + people, 0);
  const gates = always.map(({ gate, environment }) => (environment === null ? gate : `${environment} ${gate}`));
  return [
    ...(expected
      ? [
          { name: `Users of ${expected.name} kept out`, value: downtimeText(expected), remark: scheduleText(expected) },
          { name: `A rollback of ${expected.name} loses`, value: lossText(expected), remark: expected.rollback.loses },
        ]
      : []),
    { name: 'Approvals', value: String(approvals), remark: gates.join(', ') },
    { name: 'LifeTime', value: lifeTimeWord(decisions.lifeTime.kind), remark: lifeTimeText(decisions.lifeTime) },
  ];
}

function phaseList(plan: InfrastructurePlan, analysis: Analysis): Html {
  return html`<ol class="phases" aria-label="Phases">
${phases.map((phase) => html`<li><b>${phase}</b> ${phaseText(phase, plan, analysis)}</li>\n`)}</ol>
`;
}

function phaseText(phase: Phase, { decisions, forecast }: InfrastructurePlan, analysis: Analysis): string {
  const { breakingChanges, knownIssues, unknownFacts, releases } = analysis;
  switch (phase) {
    case 'Analysis and preparation':
      return `${counted(releases.length, 'release')} read, ${counted(breakingChanges.length, 'change')} and ${counted(knownIssues.length, 'known issue')} may concern it, ${counted(unknownFacts.length, 'fact')} not known`;
    case 'Planning':
      return `this plan, made ${momentText(forecast.madeAt, 'UTC')} UTC for ${forecast.requester ?? 'nobody known'}`;
    case 'Execution':
      return `${decisions.order.join(', ')}, one after the other`;
    case 'Testing':
      return 'in every environment; the next one starts only when the one before is tested';
  }
}

function startText(expected: EnvironmentForecast | undefined): string {
  if (expected?.schedule.kind !== 'fits') return 'not known';
  return momentText(expected.schedule.start, expected.timeZone);
}

function endText(expected: EnvironmentForecast | undefined): string {
  if (expected?.schedule.kind !== 'fits') return 'not known';
  return momentText(expected.schedule.end, expected.timeZone);
}

function lossText({ rollback }: EnvironmentForecast): string {
  return rollback.pointOfNoReturn === 'opening' ? 'nothing before the opening' : 'data since the snapshot';
}

function lifeTimeWord(kind: InfrastructurePlan['decisions']['lifeTime']['kind']): string {
  switch (kind) {
    case 'not described':
      return 'not known';
    case 'newest':
      return 'newest';
    case 'upgrade first':
      return 'goes first';
    case 'left out':
      return 'left out';
  }
}

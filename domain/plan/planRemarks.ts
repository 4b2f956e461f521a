/** What a plan warns of, and what people should know besides, each with the rule it comes from. */

import type { EnvironmentToUpgrade } from '../analysis/analysisRequest.js';
import { assumptions } from '../analysis/assumptions.js';
import type { RuleRemark } from '../analysis/findings.js';
import { teamRoles } from '../infrastructure/infrastructure.js';
import type { EnvironmentDecisions, EnvironmentForecast, PlanDecisions, PlanRequest } from './plan.js';

export function planWarnings(
  request: PlanRequest,
  decisions: PlanDecisions,
  forecasts: readonly EnvironmentForecast[],
): readonly RuleRemark[] {
  return [
    ...lifeTimeWarnings(decisions),
    ...unknownWarnings(request),
    ...forecasts.flatMap(windowWarnings),
    ...decisions.environments.flatMap(productionWarnings),
    ...request.environments.flatMap((environment) => environmentWarnings(environment, request)),
    ...deployAllWarnings(request, decisions),
    ...hybridWarnings(request),
  ];
}

export function planNotes({ analysis }: PlanRequest, decisions: PlanDecisions): readonly RuleRemark[] {
  const { order, environments } = decisions;
  const cloud = environments.filter(({ hosting }) => hosting === 'cloud').map(({ name }) => name);
  const tools = analysis.components.filter(
    ({ component }) => component !== 'Platform Server' && component !== 'LifeTime',
  );
  const first = order[0];
  const last = order.at(-1);
  return [
    remark('EXEC-01', null, 'Every application gets a new version in every environment.'),
    ...assumptions(analysis),
    ...(tools.length === 0
      ? []
      : [
          remark(
            'TOOLS-01',
            null,
            `Developers have to install the tools that match: newest are ${toolsText(tools)}. Nobody is notified.`,
          ),
        ]),
    ...(order.length < 2 || first === undefined || last === undefined
      ? []
      : [
          remark(
            'MAINT-01',
            null,
            `From the start of ${first} to the end of ${last} nothing is staged between environments on different releases; urgent fixes are made where the old release runs, and ported back.`,
          ),
        ]),
    ...cloud.map((name) =>
      remark(
        'CLOUD-01',
        name,
        `The vendor upgrades the server of ${name}: a support request with date, time and time zone is needed. Its preparation runs on outside the window (CLOUD-05).`,
      ),
    ),
    ...environments
      .filter(({ steps }) => !steps.some((step) => step === 'server' || step === 'first half'))
      .map(({ name, to }) =>
        remark(
          'VER-10',
          name,
          `The server of ${name} runs ${to} already: only its applications are upgraded and tested.`,
        ),
      ),
  ];
}

function lifeTimeWarnings({ lifeTime }: PlanDecisions): readonly RuleRemark[] {
  if (lifeTime.kind !== 'upgrade first') return [];
  const { from, to } = lifeTime;
  return [
    remark(
      'COMP-02',
      null,
      `LifeTime is on ${from}, and ${to} is out: upgrade it yourselves before the environments, for Uplift does not, and the plan takes it as done.`,
    ),
  ];
}

/** What nobody can tell Uplift is for the approvers to look at: the plan goes on as if it did not hold. */
function unknownWarnings({ analysis: { unknownFacts } }: PlanRequest): readonly RuleRemark[] {
  const refusing = unknownFacts.filter(({ weight }) => weight === 'refusal').map(({ text }) => text);
  const others = unknownFacts.length - refusing.length;
  return [
    ...(refusing.length === 0
      ? []
      : [
          remark(
            'ANA-01',
            null,
            `Uplift cannot know ${refusing.join('; ')}. The plan assumes that none of it is so, for each would be a reason to refuse it: look yourselves before you approve.`,
          ),
        ]),
    ...(others === 0
      ? []
      : [
          remark(
            'ANA-01',
            null,
            `Uplift cannot know ${others} ${refusing.length > 0 ? 'more ' : ''}facts: changes and issues that depend on them are listed as those that may concern you.`,
          ),
        ]),
  ];
}

/** PLAN-01: whether it ends inside the window. */
function windowWarnings({ name, work, schedule }: EnvironmentForecast): readonly RuleRemark[] {
  switch (schedule.kind) {
    case 'fits':
      return [];
    case 'no window is long enough': {
      const text = `No window of ${name} is long enough: ${minutes(work)} are expected, the longest open time has ${minutes(schedule.longest)}.`;
      return [remark('PLAN-01', name, text)];
    }
    case 'waits':
      return [
        remark('PLAN-01', name, `When ${name} can start is not known before ${schedule.environment} has a window.`),
      ];
  }
}

function productionWarnings({ name, stage, windows, strategy }: EnvironmentDecisions): readonly RuleRemark[] {
  if (stage !== 'production') return [];
  return [
    ...(windows.length > 0 ? [] : [remark('PLAN-03', name, `${name} has no windows: it may be upgraded at any time.`)]),
    ...(strategy !== 'zero downtime'
      ? []
      : [remark('LIVE-04', name, `Without downtime a rollback of ${name} loses what was written since the snapshot.`)]),
  ];
}

function environmentWarnings(
  { environment, modules }: EnvironmentToUpgrade,
  { infrastructure }: PlanRequest,
): readonly RuleRemark[] {
  const { name, teams, checks, providers } = environment;
  // Where the embedded platform does every step there is no work for operations.
  const needed = teamRoles.filter((role) => role !== 'operations' || providers !== undefined);
  const missing = needed.filter((role) => !teams.some((team) => team.role === role));
  const untested = infrastructure.hotPoints.length + checks.hotPoints.length + checks.tests.length === 0;
  return [
    ...(missing.length === 0
      ? []
      : [
          remark(
            'PLAN-06',
            name,
            `${name} has no ${missing.join(' and no ')} team: nobody is named who has to be there.`,
          ),
        ]),
    ...(untested ? [remark('TEST-01', name, `Nothing checks ${name}: no hot points and no tests are described.`)] : []),
    ...(modules === undefined
      ? [
          remark(
            'PLAN-01',
            name,
            `The modules of ${name} are not listed: the forecast has the time that some took before, or none.`,
          ),
        ]
      : []),
  ];
}

function deployAllWarnings({ environments, analysis }: PlanRequest, decisions: PlanDecisions): readonly RuleRemark[] {
  return decisions.environments.flatMap(({ name, to, applications }) => {
    const wanted = environments.find(({ environment }) => environment.name === name)?.environment.applications;
    const path = analysis.environments.find((environment) => environment.name === name)?.path;
    if (path === undefined || path.kind === 'refused') return [];
    if (wanted === 'deploy all' && applications === 'gradual') {
      return [remark('VER-09', name, `${to} has no Deploy All: the teams of ${name} publish module by module.`)];
    }
    if (wanted !== applications) {
      return [
        remark(
          path.rules[0] ?? 'VER-01',
          name,
          `All applications of ${name} are published, although ${wanted} is described.`,
        ),
      ];
    }
    if (applications !== 'deploy all' || !path.verifyDeployment) return [];
    return [
      remark(
        'VER-09',
        name,
        `Deploy All of ${to} may leave modules out without a word: what was deployed is verified.`,
      ),
    ];
  });
}

/** CLOUD-06 */
function hybridWarnings({ environments }: PlanRequest): readonly RuleRemark[] {
  const hostings = new Set(environments.map(({ environment }) => environment.hosting));
  if (hostings.size < 2) return [];
  return [
    remark('CLOUD-06', null, 'The infrastructure is hybrid: licences bought since January 2020 do not allow that.'),
  ];
}

function remark(rule: string, environment: string | null, text: string): RuleRemark {
  return { rule, environment, text };
}

function toolsText(tools: readonly { readonly component: string; readonly newest: string }[]): string {
  return tools.map(({ component, newest }) => `${component} ${newest}`).join(', ');
}

function minutes(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 60_000)} minutes`;
}

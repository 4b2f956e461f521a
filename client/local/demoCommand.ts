/** `uplift demo`: the embedded default with an upgrade in it, told as it goes. */

import { confirm, isCancel, text } from '@clack/prompts';
import { Option } from 'commander';
import { exitCodes, UpliftError } from '../../domain/errors.js';
import { layout } from '../../platform/embedded/layout.js';
import { fileLogger } from '../../worker/log.js';
import type { EnvironmentReport } from '../../workflows/upgradeEnvironment.js';
import { command } from '../cli/command.js';
import { preparedText } from '../words.js';
import { type DemoResult, demo } from './demo/demo.js';
import type { Probing } from './demo/prober.js';
import { interrupted } from './interrupted.js';
import { addresses, keepPrivate, mayReplaceRuns, type UpCommandOptions, upOptions } from './upCommand.js';

interface DemoCommandOptions extends UpCommandOptions {
  readonly to: string;
  readonly yes?: true;
  readonly exit?: true;
  readonly rollback?: true;
}

/** Signs what nobody is there to approve; exists in the demonstration only. */
const demoApprover = 'demo-approver';

export const demoCommand = command<DemoCommandOptions>({
  name: 'demo',
  summary: 'Upgrades the sample from 11.18.1 to 11.41.0 and shows what happens',
  examples: ['', '--yes --exit', '--factory ../my-factory --data .uplift-mine'],
  options: [
    ...upOptions(),
    new Option('--to <release>', 'the release to upgrade to').default('11.41.0'),
    new Option('--yes', `approve as ${demoApprover} instead of asking`),
    new Option('--rollback', 'take Production back instead of letting users in'),
    new Option('--exit', 'end when the upgrade has ended instead of staying up'),
  ],
  run: async ({ options, terminal }) => {
    const interruption = terminal.interruption();
    const progress = await terminal.progress();
    const started = Date.now();
    const say = (line: string) => {
      progress.end();
      terminal.talk(`${seconds(Date.now() - started).padStart(8)}  ${line}`);
    };
    say(
      `Uplift takes a factory to ${options.to}: its modules are prepared in the background, repaired where they break, deployed and tested; users are kept out only where the plan says so`,
    );
    keepPrivate(options.data, say);
    // Loaded when it is wanted: no other command pays for the platform.
    const { up } = await import('./up.js');
    const running = await up({
      dataFolder: options.data,
      factory: options.factory,
      firstPort: options.port,
      say,
      log: fileLogger('up', layout.log(options.data, 'up')),
      mayReplace: mayReplaceRuns({ replaceRuns: options.replaceRuns ?? options.yes }),
      signal: interruption,
    });
    try {
      say('everything is up; look at');
      terminal.talk(addresses(running.run).join('\n'));
      const result = await demo({
        dataFolder: options.data,
        run: running.run,
        client: running.client,
        factory: options.factory,
        to: options.to,
        rollback: options.rollback ?? false,
        approver:
          options.yes || !process.stdin.isTTY
            ? alone
            : (question, _, elsewhere) => ask(question, interruption, elsewhere),
        exit: options.exit ?? false,
        say,
        live: (line) => progress.show([{ key: 'now', text: `${seconds(Date.now() - started).padStart(8)}  ${line}` }]),
        signal: interruption,
      });
      progress.end();
      for (const line of summary(result)) say(line);
      if (!options.exit) {
        say('it stays up until Ctrl-C; uplift status works in another terminal');
        await interrupted(interruption);
      }
      return { document: documentOf(result), text: '', exit: exitOf(result) };
    } catch (error) {
      if (!interruption.aborted) throw error;
      return { document: null, text: '', exit: exitCodes.interrupted };
    } finally {
      progress.end();
      say('stopping; the same command goes on where it was');
      await running.stop();
    }
  },
});

/** The demonstration's own approver; where a gate asks for others, nobody approves. */
async function alone(_: string, refused: string | undefined): Promise<string | undefined> {
  return refused === undefined ? demoApprover : undefined;
}

/** Ctrl-C at a prompt reaches no signal handler: it ends the demonstration all the same. An answer elsewhere ends the prompt alone. */
async function ask(question: string, interruption: AbortSignal, elsewhere: AbortSignal): Promise<string | undefined> {
  const signal = AbortSignal.any([interruption, elsewhere]);
  const yes = await confirm({ message: question, signal });
  if (elsewhere.aborted) return undefined;
  if (isCancel(yes)) throw interruptedAtPrompt();
  if (!yes) return undefined;
  const name = await text({
    message: 'Your name, as evidence of the approval',
    validate: (value) => (value?.trim() ? undefined : 'a name is needed'),
    signal,
  });
  if (elsewhere.aborted) return undefined;
  if (isCancel(name)) throw interruptedAtPrompt();
  return name;
}

function interruptedAtPrompt(): UpliftError {
  return new UpliftError('INTERRUPTED', {
    what: 'Nothing was approved: the upgrade waits at its gate',
    next: 'the same command goes on there and asks again',
  });
}

function summary(result: DemoResult): string[] {
  switch (result.kind) {
    case 'nobody approves':
      return ['nobody approved: the upgrade waits; the same command asks again'];
    case 'upgraded':
      return [
        result.report.upgrade === null
          ? `${result.report.already.join(', ')} run ${result.report.to} already, and were tested: there was nothing to do`
          : `${result.report.infrastructure} runs ${result.report.to} (${result.report.upgrade}); plan ${result.report.plan.slice(0, 12)}… approved by ${result.report.planApprovers.join(', ')}`,
        ...result.report.environments.flatMap((report) =>
          environmentLines(report, result.probes.get(report.environment)),
        ),
      ];
    case 'rolled back': {
      const { environment, restored, duration, hotPoints } = result.report;
      return [
        `${environment} is back on ${restored.release}: snapshot ${restored.snapshot}, ${restored.modules} modules, ${restored.rows} rows of data`,
        `  lost: ${restored.lost?.rows ?? 0} rows that users wrote, and ${restored.lost?.behindTheDoor ?? 0} written behind the closed door`,
        `  took ${seconds(duration)}; hot points: ${hotPoints.checked - hotPoints.failures} of ${hotPoints.checked} answer well`,
      ];
    }
  }
}

function environmentLines(report: EnvironmentReport, probing: Probing | undefined): string[] {
  const { preparation, deployment, checks, downtime, duration, durations } = report;
  return [
    `${report.environment}: ${report.outcome}, ${report.from} → ${report.to}, in ${seconds(duration)}`,
    `  steps: ${Object.entries(durations)
      .map(([step, time]) => `${step} ${seconds(time)}`)
      .join(', ')}`,
    ...(report.tools
      ? [
          `  development tools: ${report.tools.developers.join(', ')} have to install ${report.tools.newest.map(({ tool, version }) => `${tool} ${version}`).join(', ')}`,
        ]
      : []),
    `  modules: ${preparedText(preparation)}${deployment ? `; ${deployment.deployed} deployed${deployment.fullyUpgraded ? ', fully upgraded' : ''}` : ''}`,
    `  downtime: ${downtime === 0 ? 'none' : seconds(downtime)}${probing && downtime === 0 ? `; of ${probing.requests} pages asked for, ${probing.failures} were not answered` : ''}`,
    `  hot points: ${checks.checked - checks.failures} of ${checks.checked} answer well, ${checks.newErrors} new kinds of errors${checks.signed.length > 0 ? `; signed: ${checks.signed.join('; ')}` : ''}`,
    ...(report.approvals.length > 0 ? [`  approved: ${report.approvals.join(', ')}`] : []),
  ];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function documentOf(result: DemoResult): unknown {
  return result.kind === 'nobody approves' ? null : result.report;
}

function exitOf(result: DemoResult): number {
  switch (result.kind) {
    case 'nobody approves':
      return exitCodes.waiting;
    case 'rolled back':
      return exitCodes.ok;
    case 'upgraded':
      return result.report.environments.every(({ outcome }) => outcome === 'upgraded')
        ? exitCodes.ok
        : exitCodes.unfinishedModules;
  }
}

/** `uplift demo`: the embedded default with an upgrade in it, told as it goes. */
import { confirm, isCancel, text } from '@clack/prompts';
import { Option } from 'commander';
import { exitCodes } from '../../domain/errors.js';
import { layout } from '../../platform/embedded/layout.js';
import { fileLogger } from '../../worker/log.js';
import { command } from '../cli/command.js';
import { type DemoResult, demo } from './demo/demo.js';
import { up } from './up.js';
import { addresses, interrupted, type UpCommandOptions, upOptions } from './upCommand.js';

interface DemoCommandOptions extends UpCommandOptions {
  readonly to: string;
  readonly yes?: true;
  readonly exit?: true;
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
    new Option('--exit', 'end when the upgrade has ended instead of staying up'),
  ],
  run: async ({ options, terminal }) => {
    const interruption = terminal.interruption();
    const progress = await terminal.progress();
    const started = Date.now();
    const say = (line: string) => {
      progress.end();
      terminal.talk(`${seconds(started)} ${line}`);
    };
    say(
      `Uplift takes a factory to ${options.to}: its modules are prepared in the background, repaired where they break, deployed; nothing goes down`,
    );
    const running = await up({
      dataFolder: options.data,
      factory: options.factory,
      firstPort: options.port,
      say,
      log: fileLogger('up', layout.log(options.data, 'up')),
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
        approver: options.yes || !process.stdin.isTTY ? async () => demoApprover : ask,
        say,
        live: (line) => progress.show([{ key: 'now', text: `${seconds(started)} ${line}` }]),
        signal: interruption,
      });
      progress.end();
      if (result) for (const line of summary(result)) say(line);
      else say('nobody approved: the upgrade waits; the same command asks again');
      if (!options.exit) {
        say('it stays up until Ctrl-C; uplift status works in another terminal');
        await interrupted(interruption);
      }
      return { document: result ?? null, text: '', exit: exitOf(result) };
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

async function ask(question: string): Promise<string | undefined> {
  const yes = await confirm({ message: question });
  if (isCancel(yes) || !yes) return undefined;
  const name = await text({
    message: 'Your name, as evidence of the approval',
    validate: (value) => (value?.trim() ? undefined : 'a name is needed'),
  });
  return isCancel(name) ? undefined : name;
}

function summary({ report, requests, failures }: DemoResult): string[] {
  const { preparation, deployment, hotPoints, from, to } = report;
  return [
    `${report.environment} is ${report.outcome}: ${from} → ${to} (${report.upgrade})`,
    `  last preparation: ${preparation.prepared} prepared, ${preparation.failed} failed, ${preparation.skipped} skipped, ${preparation.notApplicable} never published`,
    ...(deployment
      ? [
          `  Deploy All: ${deployment.deployed} deployed, ${deployment.failed} failed, ${deployment.fullyUpgraded ? 'fully upgraded' : 'not fully upgraded'}`,
        ]
      : []),
    `  hot points: ${hotPoints.checked - hotPoints.failures} of ${hotPoints.checked} answer well`,
    `  pages asked for meanwhile: ${requests}, not answered: ${failures}`,
  ];
}

function exitOf(result: DemoResult | undefined): number {
  if (!result) return exitCodes.waiting;
  return result.report.outcome === 'upgraded' ? exitCodes.ok : exitCodes.unfinishedModules;
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`;
}

/** `uplift history` and `uplift report`: upgrades as they were, whether anything runs or not. */
import { Argument, Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { clockText } from '../../../domain/text.js';
import { type PastUpgrade, pastUpgrades } from '../../../store/history.js';
import { accountOf } from '../../pages/report/account.js';
import { reportHtml } from '../../pages/report/reportHtml.js';
import { reportText } from '../../pages/report/reportText.js';
import { columns } from '../../words.js';
import { command } from '../command.js';
import { environmentArgument, ofName } from '../options.js';
import { assertWritable, writeOutput } from '../outputFile.js';
import { withStore } from '../store.js';

export const historyCommand = command({
  name: 'history',
  summary: 'Lists the upgrades there were: number, release, who asked, when, outcome',
  examples: ['', 'Production', '--json'],
  arguments: [environmentArgument('left out: all of them')],
  async run({ words: [environment], options }) {
    const all = await withStore(options.data, (store) => pastUpgrades(store));
    const shown = all.filter((one) => environment === undefined || one.environment === environment);
    return { document: shown, text: historyText(shown), exit: exitCodes.ok };
  },
});

/** Newest first. */
function historyText(upgrades: readonly PastUpgrade[]): string {
  if (upgrades.length === 0)
    return 'no upgrade was ever planned to its approval: uplift upgrade --to VERSION starts one';
  const titles = ['upgrade', 'of', 'to', 'outcome', 'asked for by', 'started', 'ended'];
  const rows = upgrades.map(({ upgrade, environment, to, outcome, requestedBy, startedAt, endedAt }) => [
    upgrade,
    environment ?? 'all environments',
    to,
    outcome,
    requestedBy ?? 'nobody known',
    clockText(startedAt),
    endedAt === null ? '' : clockText(endedAt),
  ]);
  return columns([titles, ...rows]);
}

interface Options {
  readonly output?: string;
}

export const reportCommand = command<Options>({
  name: 'report',
  summary: 'Shows what really happened in an upgrade beside what was planned, with its evidence',
  examples: ['7', "'acme#7' --json", '7 -o page.html'],
  arguments: [ofName(new Argument('[number]', 'of the upgrade; left out: the newest'))],
  options: [new Option('-o, --output <file>', 'write it: as a page when it ends in .html, else as JSON')],
  async run({ words: [named], options, terminal }) {
    if (options.output !== undefined) await assertWritable(options.output);
    const account = await withStore(options.data, async (store) =>
      accountOf(store, chosenUpgrade(await pastUpgrades(store, named), named)),
    );
    if (options.output !== undefined) {
      const page = options.output.endsWith('.html');
      await writeOutput(options.output, page ? reportHtml(account) : `${JSON.stringify(account, null, 2)}\n`);
      terminal.talk(`written to ${options.output}`);
    }
    return { document: account, text: reportText(account), exit: exitCodes.ok };
  },
});

/** The newest where none is named. Throws `INPUT_INVALID` where there is none, or several could be meant. */
function chosenUpgrade(found: readonly PastUpgrade[], named: string | undefined): PastUpgrade {
  const [first, ...others] = found;
  if (first && (named === undefined || others.length === 0)) return first;
  throw new UpliftError('INPUT_INVALID', {
    what: first
      ? `Several upgrades have the number ${named}: ${found.map(({ upgrade }) => upgrade).join(', ')}`
      : named === undefined
        ? 'There was no upgrade yet'
        : `There is no upgrade ${named}`,
    next: first ? 'name one of them' : 'uplift history lists them',
  });
}

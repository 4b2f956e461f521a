/** `uplift plan`: what an upgrade would do, when, and what it needs; made and kept, not begun. */
import { Argument, Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { loadPlanDocument, planNamed } from '../../../store/plans.js';
import { planHtml } from '../../pages/plan/planHtml.js';
import { planText } from '../../pages/plan/planText.js';
import { command } from '../command.js';
import { placesOf, withTemporal } from '../infrastructure.js';
import { makePlan } from '../infrastructureRuns.js';
import { ofName } from '../options.js';
import { assertWritable, writeOutput } from '../outputFile.js';
import { withStore } from '../store.js';

interface Options {
  readonly to?: string;
  readonly output?: string;
}

export const planCommand = command<Options>({
  name: 'plan',
  summary: 'Analyses and plans an upgrade of the infrastructure, without beginning it',
  examples: ['', '--to 11.41.0', '--to 11.41.0 -o plan.json', '--to 11.41.0 -o plan.html', '713ec6706d8a -o plan.html'],
  arguments: [new Argument('[hash]', 'shows a plan that was made before: the beginning of its hash')],
  options: [
    ofName(
      new Option('--to <version>', 'the release to upgrade to; without it the newest that is offered is proposed'),
    ),
    new Option(
      '-o, --output <file>',
      'write the plan: as a page when it ends in .html, else as JSON for uplift upgrade',
    ),
  ],
  async run({ words: [hash], options, terminal }) {
    if (hash !== undefined && options.to !== undefined) {
      throw new UpliftError('INPUT_INVALID', { what: 'A plan that is kept has its release', next: 'leave --to out' });
    }
    if (options.output !== undefined) await assertWritable(options.output);
    const places = await placesOf(options.data);
    const document =
      hash === undefined
        ? await withTemporal(places, (temporal) => makePlan(temporal, places, options.to))
        : await withStore(options.data, async (store) => loadPlanDocument(store, await planNamed(store, hash)));
    if (options.output !== undefined) {
      const page = options.output.endsWith('.html');
      await writeOutput(options.output, page ? planHtml(document) : `${JSON.stringify(document, null, 2)}\n`);
      terminal.talk(`written to ${options.output}`);
    }
    return { document, text: planText(document, terminal.columns), exit: exitCodes.ok };
  },
});

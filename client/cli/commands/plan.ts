/** `uplift plan`: what an upgrade would do, when, and what it needs; made and kept, not begun. */
import fs from 'node:fs/promises';
import { Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import { planHtml } from '../../plan/planHtml.js';
import { planText } from '../../plan/planText.js';
import { command } from '../command.js';
import { placesOf, withTemporal } from '../infrastructure.js';
import { makePlan } from '../infrastructureRuns.js';
import { ofName } from '../options.js';

interface Options {
  readonly to?: string;
  readonly output?: string;
}

export const planCommand = command<Options>({
  name: 'plan',
  summary: 'Analyses and plans an upgrade of the infrastructure, without beginning it',
  examples: ['', '--to 11.41.0', '--to 11.41.0 -o plan.json', '--to 11.41.0 -o plan.html'],
  options: [
    ofName(
      new Option('--to <version>', 'the release to upgrade to; without it the newest that is offered is proposed'),
    ),
    new Option(
      '-o, --output <file>',
      'write the plan: as a page when it ends in .html, else as JSON for uplift upgrade',
    ),
  ],
  async run({ options, terminal }) {
    const places = await placesOf(options.data);
    const document = await withTemporal(places, (temporal) => makePlan(temporal, places, options.to));
    if (options.output !== undefined) {
      const page = options.output.endsWith('.html');
      await fs.writeFile(options.output, page ? planHtml(document) : `${JSON.stringify(document, null, 2)}\n`);
      terminal.talk(`written to ${options.output}`);
    }
    return { document, text: planText(document), exit: exitCodes.ok };
  },
});

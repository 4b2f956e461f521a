/** `uplift publish-all`: one solution with every module that was ever published. */
import { exitCodes } from '../../../domain/errors.js';
import type { publishAll } from '../../../workflows/publishAll.js';
import { counted, indented } from '../../words.js';
import { command } from '../command.js';
import { followToEnd } from '../follow.js';
import { placeOf, withTemporal } from '../infrastructure.js';
import { environmentArgument, requestedByOption } from '../options.js';
import { workflowIdOf } from '../runs.js';
import { startOnce } from '../starting.js';

interface Options {
  readonly requestedBy?: string;
}

export const publishAllCommand = command<Options>({
  name: 'publish-all',
  summary: 'Compiles and deploys every module that was ever published, as one solution',
  examples: ['Development', 'Development --requested-by ana --json'],
  arguments: [environmentArgument()],
  options: [requestedByOption()],
  async run({ words: [environment], options, terminal }) {
    const place = await placeOf(options.data, environment);
    return withTemporal(place, async (temporal) => {
      const { handle } = await startOnce<typeof publishAll>(temporal, place, {
        workflow: 'publishAll',
        workflowId: workflowIdOf('publish-all', place),
        input: options.requestedBy === undefined ? {} : { requestedBy: options.requestedBy },
        summary: `Publish all of ${place.environment}`,
      });
      const report = await followToEnd({ temporal, places: [place], terminal }, handle);
      const { compiled, deployed } = report;
      const lines = [
        `${compiled.prepared} compiled, ${compiled.failed} failed, ${compiled.skipped} skipped`,
        ...compiled.failures.map(({ module, problem }) => `${module}: ${problem}`),
        deployed
          ? `${counted(deployed.deployed, 'module')} deployed`
          : 'nothing deployed: publish fixes, then publish all again',
      ];
      return {
        document: report,
        text: `${place.environment}: publish all\n${indented(lines.join('\n'))}`,
        exit: deployed?.failed === 0 ? exitCodes.ok : exitCodes.unfinishedModules,
      };
    });
  },
});

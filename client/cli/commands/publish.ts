/** `uplift publish`: a module's newest source, or the one of a folder, through the environment's Service Center. */
import { Option } from 'commander';
import { ids } from '../../../contract/ids.js';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import type { Publication } from '../../../port/publishing.js';
import type { publishModule } from '../../../workflows/publishModule.js';
import { counted, typed } from '../../words.js';
import { type Answer, command } from '../command.js';
import { followToEnd } from '../follow.js';
import { chosenModule, environmentAndModule, listedModules, placeOf, withTemporal } from '../infrastructure.js';
import { environmentArgument, moduleArgument, ofName } from '../options.js';
import { readModuleFolder } from '../sources.js';
import { startOnce } from '../starting.js';

interface Options {
  readonly source?: string;
  readonly as?: string;
}

export const publishCommand = command<Options>({
  name: 'publish',
  summary: 'Compiles one module against its prepared producers and deploys it',
  examples: ['claims', 'Development @acme/claims --source modules/claims --as ana'],
  arguments: [environmentArgument(), moduleArgument()],
  options: [
    new Option('--source <dir>', "upload this module's folder first: src/**/*.ts and package.json"),
    ofName(new Option('--as <name>', 'who publishes; others read it while the module is locked')),
  ],
  async run({ words, options, terminal }) {
    const named = environmentAndModule(words, 'publish');
    const { as: user = 'unknown', source } = options;
    const files = source === undefined ? undefined : await readModuleFolder(source);
    const place = await placeOf(options.data, named.environment);
    const { infrastructure, environment, serviceCenter } = place;
    const names = (await listedModules(place)).map(({ name }) => name);
    const module = chosenModule(environment, names, named.module);
    return withTemporal(place, async (temporal) => {
      if (files) {
        await serviceCenter.upload(module, { user, files });
        terminal.talk(`${environment}: uploaded ${counted(Object.keys(files).length, 'file')} of ${module}`);
      }
      const workflowId = ids.publish(infrastructure, environment, module);
      const { handle, attached } = await startOnce<typeof publishModule>(temporal, place, {
        workflow: 'publishModule',
        workflowId,
        input: { module, requestedBy: user },
        summary: `Publish of ${module} by ${user}`,
      });
      if (attached) throw publishedAlready(environment, module, workflowId);
      const published = await followToEnd({ temporal, places: [place], terminal, about: 'publish' }, handle);
      return answer(environment, published);
    });
  },
});

function answer(environment: string, publication: Publication): Answer {
  const { module, release, consumersPending } = publication;
  const again =
    consumersPending === 0
      ? ''
      : `; its declarations changed: ${counted(consumersPending, 'consumer')} to prepare again, uplift prepare ${typed(environment)}`;
  return {
    document: { environment, ...publication },
    text: `${environment}: ${module} is published in ${release}${again}`,
    exit: exitCodes.ok,
  };
}

/** The run that is there may have read an older source than the one just uploaded. */
function publishedAlready(environment: string, module: string, workflowId: string): UpliftError {
  return new UpliftError('MODULE_LOCKED', {
    what: `${module} is being published in ${environment} already`,
    blockedBy: workflowId,
    next: `wait until it has ended (uplift watch ${typed(environment)}), then publish again`,
  });
}

/** Rounds of preparations beside plain builds of the same modules, one after the other on the same machine. */
import path from 'node:path';
import { loadRelease } from '../../platform/embedded/compile/release.js';
import { type MeasureOptions, roundsOf } from '../benchmark.js';
import { type Installation, newRelease, withUpgradedServer } from '../installation/installation.js';
import { pendAgain, type Remembered, remember } from '../installation/pendAgain.js';
import { type MeasuredPreparation, prepare } from '../installation/prepare.js';
import { type MeasuredBuild, plainBuild } from '../peer/plainBuild.js';
import { assertSameOutput } from '../peer/sameOutput.js';
import { removeOutputs, type Workspace, writeWorkspace } from '../peer/workspace.js';

/** In the order in which they are measured. */
export interface Round {
  /** Every module pending, nothing in the artifact store. */
  readonly full: MeasuredPreparation;
  readonly build: MeasuredBuild;
  /** Nothing pending. */
  readonly unchanged: MeasuredPreparation;
  readonly buildUnchanged: MeasuredBuild;
  /** Every module pending, every artifact in the store: what the next environment meets. */
  readonly reused: MeasuredPreparation;
}

export interface Preparations {
  readonly modules: number;
  readonly lanes: number;
  readonly groupUnits: number;
  readonly rounds: readonly Round[];
}

export async function measurePreparations(options: MeasureOptions): Promise<Preparations> {
  const { quick, say, signal } = options;
  const modules = quick ? 60 : 300;
  return withUpgradedServer({ modules, say }, async (installation) => {
    const { context, environment, factory, folder } = installation;
    const release = await loadRelease(context.dataFolder, newRelease);
    const workspace = await writeWorkspace(path.join(folder, 'workspace'), factory, release);
    const remembered = await remember(context.database, environment);
    const next = () => measureRound(installation, remembered, workspace, () => plainBuild(workspace, release));

    const rounds: Round[] = [];
    say('warm-up');
    await next();
    await assertSameOutput(context.database, environment, workspace);
    while (rounds.length < roundsOf(options)) {
      signal.throwIfAborted();
      const round = await next();
      rounds.push(round);
      say(`round ${rounds.length}: ${toldInShort(round)}`);
    }
    const { lanes, groupUnits } = context.settings;
    return { modules, lanes, groupUnits, rounds };
  });
}

async function measureRound(
  installation: Installation,
  remembered: Remembered,
  workspace: Workspace,
  runBuild: () => Promise<MeasuredBuild>,
): Promise<Round> {
  const { context, environment } = installation;
  const { database } = context;
  await pendAgain(database, environment, remembered, { withoutArtifactsOf: newRelease });
  const full = await prepare(installation);
  await removeOutputs(workspace);
  const build = await runBuild();
  const unchanged = await prepare(installation);
  const buildUnchanged = await runBuild();
  await pendAgain(database, environment, remembered);
  const reused = await prepare(installation);
  return { full, build, unchanged, buildUnchanged, reused };
}

function toldInShort({ full, build, unchanged, buildUnchanged, reused }: Round): string {
  const [all, plain, nothing, plainNothing, found] = [full, build, unchanged, buildUnchanged, reused].map(
    ({ milliseconds }) => `${milliseconds.toFixed(0)} ms`,
  );
  return `full ${all}, tsc -b ${plain}; unchanged ${nothing}, tsc -b ${plainNothing}; all found ${found}`;
}

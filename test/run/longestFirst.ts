/**
 * The order of test files. Where no former run has left its times, as on a new machine, Vitest goes by the size of a file, which says
 * nothing here: whole upgrades are short to write down. They come first, so that none of them is left for the end, when others have
 * nothing to do.
 */
import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By folder, those that take longest first. */
const folders = ['e2e', 'workflows', 'platform'];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => this.#rank(one) - this.#rank(other));
  }

  #rank({ moduleId }: TestSpecification): number {
    const [, folder = ''] = path.relative(this.ctx.config.root, moduleId).split(path.sep);
    const rank = folders.indexOf(folder);
    return rank < 0 ? folders.length : rank;
  }
}

import { defineConfig } from 'vitest/config';
import { patience } from './test/e2e/until.js';
import LongestFirst from './test/run/longestFirst.js';

const report = process.env['UPLIFT_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Native modules of the Temporal SDK crash under worker threads.
    pool: 'forks',
    // On two cores: some files mostly wait, for a server to notice something or for a lease to end.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    globalSetup: 'test/run/leftNothing.ts',
    // Deadlines end what never would; how fast something is says nothing here, for the machine may have other work.
    testTimeout: patience.test,
    hookTimeout: patience.test,
    expect: { poll: { timeout: patience.condition, interval: 20 } },
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});

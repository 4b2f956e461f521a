import { defineConfig } from 'vitest/config';
import { patience } from './test/e2e/until.js';

const report = process.env['UPLIFT_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Native modules of the Temporal SDK crash under worker threads.
    pool: 'forks',
    // Two cores: servers, compilers and browsers of one file are enough for them.
    maxWorkers: 2,
    globalSetup: 'test/run/leftNothing.ts',
    // Deadlines end what never would; how fast something is says nothing here, for the machine may have other work.
    testTimeout: patience.test,
    hookTimeout: patience.test,
    expect: { poll: { timeout: patience.condition, interval: 20 } },
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});

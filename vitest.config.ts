import { defineConfig } from 'vitest/config';

const report = process.env['UPLIFT_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Native modules of the Temporal SDK crash under worker threads.
    pool: 'forks',
    // Two cores: servers, compilers and browsers of one file are enough for them.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});

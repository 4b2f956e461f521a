/** The tests that a mutation run asks: those of decisions and of pages, which need no server, no database and no compiler. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/domain/*.test.ts',
      'test/http/html.test.ts',
      'test/client/{planText,planPage,planMarkup,reportPage}.test.ts',
      'test/platform/serviceCenter/pages/*.test.ts',
    ],
    setupFiles: ['test/run/shortProperties.ts'],
    testTimeout: 600_000,
  },
});

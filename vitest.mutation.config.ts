/** The tests that a mutation run asks: those of the domain, which need nothing but it. */
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/domain/**/*.test.ts'], testTimeout: 600_000 } });

import { defineConfig } from 'vitest/config';

/** The real programs judge what is rendered: `npm run test:engines`, after `npm run engines`. */
export default defineConfig({
  define: { __VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/engines/**/*.engine.ts'],
    globalSetup: ['test/engines/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    maxWorkers: 2,
  },
});

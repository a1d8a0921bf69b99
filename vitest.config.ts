import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup.mjs'],
    maxWorkers: '100%',
    testTimeout: 60_000,
  },
});

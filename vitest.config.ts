import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { __VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup.mjs'],
    maxWorkers: '100%',
    // No test changes what another one imports: each file loading the catalog anew was a fifth of the time.
    isolate: false,
    testTimeout: 60_000,
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{engine,bench,scripts,docs}/**/*.test.ts"],
    // Tests run on real servers and files; what they share (a port, a global) would only hide a mistake.
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});

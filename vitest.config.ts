import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests with real servers and files wait more than they compute. */
const FEWEST_WORKERS = 3;

export default defineConfig({
  test: {
    include: ["{engine,renderer,bench,proof,scripts,docs}/**/*.test.ts"],
    maxWorkers: Math.max(FEWEST_WORKERS, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});

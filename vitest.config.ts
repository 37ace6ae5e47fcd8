import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests with real servers and files wait more than they compute. */
const FEWEST_WORKERS = 3;

export default defineConfig({
  // The desktop's main process is tested without electron's binary, against a stand-in that behaves as it does.
  resolve: { alias: { electron: fileURLToPath(new URL("electron/testing/electron.ts", import.meta.url)) } },
  test: {
    include: ["{engine,electron,renderer,bench,proof,scripts,docs}/**/*.test.ts"],
    maxWorkers: Math.max(FEWEST_WORKERS, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});

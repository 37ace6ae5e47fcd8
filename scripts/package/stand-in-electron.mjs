// Preloaded into a plain Node: the module "electron" is the stand-in of the tests, so that a built main script runs.

import { registerHooks } from "node:module";

const standIn = new URL("../../electron/testing/electron.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron"
      ? { url: standIn, format: "module-typescript", shortCircuit: true }
      : next(specifier, context),
});

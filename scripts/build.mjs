// Builds the commands: one file each, with everything it needs inside, so that it runs under a plain Node anywhere; and
// the console's page as a folder beside them; and the desktop's two scripts, which electron runs.
// `npm run build` calls it on the pinned Node, and only when something it is built from has changed.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { brotliCompressSync, constants } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build } from "vite";
import { root } from "./bootstrap/root.mjs";

const COMMANDS = {
  dsiem: "engine/cli/dsiem.ts",
  frontend: "engine/cli/dsiem-frontend.ts",
  backend: "engine/cli/dsiem-backend.ts",
};

/**
 * The desktop's scripts. A sandboxed preload script can only be CommonJS.
 * @type {Record<string, { entry: string, format: "es" | "cjs" }>}
 */
const DESKTOP = {
  "main.js": { entry: "electron/main/main.ts", format: "es" },
  "preload.cjs": { entry: "electron/preload/preload.ts", format: "cjs" },
};

// The first lines of each command. An older Node can load the file, but would end with a stack trace somewhere inside.
const BANNER = `#!/usr/bin/env node
{
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 15)) {
    console.error("This command needs Node 22.15 or newer; this is " + process.version + ".");
    process.exit(1);
  }
}`;

/** A file that fits a few packets isn't worth two. */
const SMALL_FILE_BYTES = 4096;

const GRPC_EXPORTER = "@opentelemetry/otlp-grpc-exporter-base";

/**
 * Blueprint can load any of its 600 icons by name, which would put all of them beside the page. The console draws its own.
 * @type {import("vite").Plugin}
 */
const withoutNamedIcons = {
  name: "without-named-icons",
  load: (id) =>
    /blueprintjs.icons.lib.esm.paths-loaders/.test(id)
      ? "export const allPathsLoader = undefined, splitPathsBySizeLoader = undefined;"
      : null,
};

const dist = join(root, "dist");
const fresh = join(dist, `.building-${process.pid}`);
try {
  const commit = currentCommit();
  const commands = Object.entries(COMMANDS).map(([name, entry]) => buildCommand(name, entry, commit));
  await Promise.all([...commands, buildRenderer(commit), ...Object.keys(DESKTOP).map(buildDesktop)]);
  compressAssets(join(fresh, "renderer", "assets"));
  mkdirSync(dist, { recursive: true });
  // Each file is put in its place whole: a service that starts right now gets the old one or the new one.
  for (const name of Object.keys(COMMANDS)) {
    chmodSync(join(fresh, `${name}.js`), 0o755);
    renameSync(join(fresh, `${name}.js`), join(dist, `${name}.js`));
  }
  for (const folder of ["renderer", "electron"]) {
    if (existsSync(join(dist, folder))) renameSync(join(dist, folder), join(fresh, `${folder}-before`));
    renameSync(join(fresh, folder), join(dist, folder));
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

/**
 * @param {string} name
 * @param {string} entry
 * @param {string} commit
 */
function buildCommand(name, entry, commit) {
  return build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    // From sources the variable isn't set and the version stands alone; a built file names the commit it was built from.
    define: { "process.env.DSIEM_BUILD_COMMIT": JSON.stringify(commit) },
    ssr: { noExternal: true, target: "node" },
    resolve: {
      // Its module build asks for gRPC by a require() that no bundler sees; its CommonJS build asks in plain sight.
      alias: { [GRPC_EXPORTER]: join(root, "node_modules", GRPC_EXPORTER, "dist/index.cjs") },
    },
    build: {
      ssr: true,
      target: "node22",
      outDir: fresh,
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: join(root, entry),
        output: { format: "es", entryFileNames: `${name}.js`, banner: BANNER, codeSplitting: false },
      },
    },
  });
}

/**
 * The page works below any path (/ui/ of a server, app://dsiem), and needs no more of a content security policy than its
 * own files: nothing is inlined.
 * @param {string} commit
 */
function buildRenderer(commit) {
  return build({
    root: join(root, "renderer"),
    base: "./",
    configFile: false,
    logLevel: "warn",
    plugins: [react(), withoutNamedIcons],
    define: { "import.meta.env.DSIEM_BUILD_COMMIT": JSON.stringify(commit) },
    build: {
      target: ["chrome120", "firefox121", "safari17"],
      outDir: join(fresh, "renderer"),
      emptyOutDir: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 700,
    },
  });
}

/**
 * The frontend serves what is compressed already to a browser that isn't on the same machine; fonts are by themselves.
 * @param {string} folder
 */
function compressAssets(folder) {
  for (const name of readdirSync(folder).filter((file) => /\.(?:js|css|svg)$/.test(file))) {
    const bytes = readFileSync(join(folder, name));
    if (bytes.length < SMALL_FILE_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, { params }));
  }
}

/**
 * One file each, with everything it needs inside but for electron itself.
 * @param {string} file
 */
function buildDesktop(file) {
  const { entry, format } = DESKTOP[file] ?? { entry: "", format: "es" };
  return build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    ssr: { noExternal: true, external: ["electron"], target: "node" },
    build: {
      ssr: true,
      target: "node24",
      outDir: join(fresh, "electron"),
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: join(root, entry),
        output: { format, entryFileNames: file, codeSplitting: false },
      },
    },
  });
}

/** The short hash of the checkout's commit; empty outside of one, as in a downloaded archive. */
function currentCommit() {
  try {
    const options = { cwd: root, encoding: /** @type {const} */ ("utf8"), stdio: /** @type {const} */ ("pipe") };
    return execFileSync("git", ["rev-parse", "--short=10", "HEAD"], options).trim();
  } catch {
    return "";
  }
}

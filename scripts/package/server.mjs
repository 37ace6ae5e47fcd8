// The package for servers: the built commands, the console's page, units for systemd, and what an operator needs to know.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { root } from "../bootstrap/root.mjs";
import { tarball } from "./tar.mjs";

const COMMANDS = ["frontend.js", "backend.js", "dsiem.js"];

/** Its name, without the ending. */
export function serverPackageName() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return `dsiem-console-server-${version}`;
}

/**
 * @param {number} seconds since the epoch, the time of all files: the same build makes the same archive
 * @returns {Buffer}
 */
export function packServer(seconds) {
  const name = serverPackageName();
  const file = (/** @type {string} */ to, /** @type {string} */ from, mode = 0o644) => ({
    name: `${name}/${to}`,
    content: readFileSync(join(root, from)),
    mode,
  });
  const renderer = join(root, "dist", "renderer");
  if (!existsSync(renderer)) throw new Error("There is no built page: npm run build");
  const units = readdirSync(join(root, "assets", "server")).filter((each) => /[.](service|env)$/.test(each));
  return tarball(
    [
      ...COMMANDS.map((each) => file(each, `dist/${each}`, 0o755)),
      ...filesIn(renderer).map((each) => file(`renderer/${each}`, `dist/renderer/${each}`)),
      // Directives to begin with, and the test cases that show what they are to do.
      ...["configs", "tests"].flatMap((folder) =>
        filesIn(join(root, "assets", "demo", folder)).map((each) =>
          file(`demo/${folder}/${each}`, `assets/demo/${folder}/${each}`),
        ),
      ),
      ...units.map((each) => file(`systemd/${each}`, `assets/server/${each}`, each.endsWith(".env") ? 0o600 : 0o644)),
      file("README.md", "assets/server/README.md"),
      ...["LICENSE", "CHANGELOG.md", "RELIABILITY.md"].map((each) => file(each, each)),
    ],
    seconds,
  );
}

/**
 * @param {string} folder
 * @returns {string[]} the files in it at any depth, by their paths from it with slashes
 */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join("/"),
    )
    .sort();
}

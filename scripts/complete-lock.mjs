// Adds the optional platform packages that npm left out of package-lock.json. To be run after every change of it;
// running it again changes nothing. `npm run check` fails when it is due.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./bootstrap/root.mjs";
import { missingPlatformPackages } from "./checks/platform-packages.mjs";

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const missing = missingPlatformPackages(lock);
const names = Object.keys(missing);
if (names.length === 0) {
  console.log("package-lock.json is complete.");
} else {
  // npm's own order, so that its next change to the file is a small one.
  const entries = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  console.log(`Added ${names.length} entries to package-lock.json:\n${names.map((name) => `  ${name}`).join("\n")}`);
}
